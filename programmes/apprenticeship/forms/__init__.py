"""The forms of the apprenticeship programme. The sources hold no layouts: every one is our own design.

    roster            学徒花名册        .xlsx   sent in by the employer, and its blank
    training_agreement     培训协议   .docx   with one apprentice, or collectively with a batch (APP-10)
    cooperation_agreement  合作协议   .docx   employer and provider (APP-10)
    textbook_filing   教材备案表        .docx   to the district (APP-16)
    mentor_sheet, credit_sheet, assessment_sheet, certificate_sheet, wage_sheet
                      登记表           .xlsx   sent out with the people on them, sent in filled in
    pass_certificate  培训合格证书     .docx   for who passed (APP-13)
    credit_record     学分登记表        .docx   one apprentice's credits
    subsidy_register  补贴台账          .xlsx   who was funded, and how it was worked out (APP-22)
    claim_summary     补贴申领汇总表     .docx   one claim, for stamp and signature; the common one under this title
    figures_bulletin  工作情况通报      .xlsx   people and money by district; the common one under this title (APP-28)
    interview_summons 约谈通知书        .docx   with its minutes (APP-26)
    suspension_notice 停训整改通知书    .docx   the city's order (APP-26)

Others, such as the decision letter and the public notice, are those of every programme: `shared/forms/common/`.

Each is a pure function from plain values to bytes. Names and numbers are printed as the caller passes them:
whether they are masked is decided where they are read.
"""
