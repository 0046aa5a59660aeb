"""Forms of every programme; one that a programme prints under its own title takes the title from it.

claim_summary    补贴申领汇总表    .docx   one claim, for stamp and signature
decision_letter  决定书           .docx   findings, clauses and the next step
public_notice    公示             .docx   what is published of a case, and where objections go (X-11)
clawback_notice  追回通知书       .docx   what is asked back, how to pay it and until when (X-10)
payment_batch    资金拨付清单     .xlsx   for the treasury, maker and checker apart (X-5)
bank_results     银行拨付结果表   .xlsx   what the bank did with a batch, filled in by the bank
figures_bulletin 工作情况通报     .xlsx   people and money by district, occupation, level and year (APP-28)
"""
