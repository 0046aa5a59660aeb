"""The codes that these forms share, with the words that are printed for them."""

from __future__ import annotations

from shared.forms.codes import LEVELS

TRAINED_LEVELS = {label: code for label, code in LEVELS.items() if code != "junior"}
"""APP-8: training leads to intermediate or above."""

EMPLOYMENT_FORMS = {
    "新招用": "new_hire",
    "转岗": "transferred",
    "企业自主确定": "chosen",
    "劳务派遣": "dispatched",
}
"""APP-2: how somebody becomes an apprentice. The text counts dispatched workers among those chosen."""

OPEN_ENDED = {"无固定期限": "open_ended"}
"""What stands for the last day of a contract that has none."""

OCCUPATION_CLASSES = {"普通职业": "ordinary", "急需紧缺职业": "shortage"}


PARTS = {"课堂": "classroom", "岗位": "workplace"}
"""APP-15: where credits count."""

CREDIT_PARTS = PARTS | {"互认、奖励": "extra"}

CREDIT_SOURCES = {"培训": "training", "互认": "recognised", "奖励": "bonus"}

CONTENTS = {"通用素质": "general", "专业理论": "theory", "实操技能": "practice"}
"""APP-7: what was taught."""

MODES = {"集中面授": "classroom", "网络教育": "online", "岗位指导": "on_the_job"}
"""APP-31: how it was taught."""

PASS_CERTIFICATES = {
    "企业新学徒培训合格证书": "apprenticeship_certificate",
    "技工院校毕业证书": "graduation_certificate",
}

CERTIFICATES = {
    "职业技能等级证书": "skill_level_certificate",
    "职业资格证书": "qualification",
    "专项职业能力证书": "special_ability",
    "安全生产证书": "work_safety",
    "特种作业操作证书": "special_operation",
}
"""APP-13: what a passed appraisal earns."""

SUMMONS_GROUNDS = {
    "未按计划培训": "not_to_plan",
    "管理松懈": "loose_management",
    "学徒流失率高": "high_attrition",
}
"""APP-26: why an employer's head is called."""
