"""Spreadsheets and documents in and out.

    spreadsheet/  bytes ──archive, worksheet_scan──▶ xlsx ──▶ grid      bytes ──csv_text──▶ grid
                  grid ──reader (sheets, cells)──▶ good rows + row errors
                  rows ──writer──▶ .xlsx    row errors ──error_copy──▶ the sheet again, bad cells marked
    printed/      blocks ──documents──▶ .docx
    common/       forms of every programme; `programmes/<programme>/forms/` holds one's own, `layouts` finds either

Nothing here fetches data, asks a clock or knows a service: callers pass plain values, masked or not.
"""
