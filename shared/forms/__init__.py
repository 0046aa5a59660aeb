"""Spreadsheets and documents in and out.

    bytes ──unpacking, worksheet_scan──▶ xlsx ──▶ grid      bytes ──csv_text──▶ grid
    grid  ──reading (sheets, cells)──▶ good rows + row errors
    rows  ──writing──▶ .xlsx        row errors ──error_copy──▶ the sheet again, bad cells marked
    blocks ──documents──▶ .docx     `apprenticeship/`: the forms of that programme, built from these

Nothing here fetches data, asks a clock or knows a service: callers pass plain values, masked or not.
"""
