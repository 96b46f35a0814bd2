"""The words above a column that people use for a field, in the two languages we ship.

The headings of our own templates are the labels of the fields and are found by those; these are
the others. Chinese is known here, so that a Chinese file is read where Chinese isn't installed.
"""

import re
import unicodedata

_HINT = re.compile(r"[(（\[【].*?[)）\]】]")
_NOISE = re.compile(r"[\W_]+")

# In English, in Chinese: written by us into the files we make, and known again in them.
REASON = ("Why It Was Not Imported", "未导入原因")
ROW = ("Row in the File", "原文件行号")
EXAMPLE = ("Example (not imported)", "示例（不导入）")


def fold(heading):
    """Return a heading without what people write differently: width, case, spaces, punctuation,
    the star of a required column, a hint in brackets.

    >>> fold("* 联系电话（必填）") == fold("联系电话")
    True
    """
    text = unicodedata.normalize("NFKC", str(heading or "")).casefold()
    return _NOISE.sub("", _HINT.sub("", text)) or _NOISE.sub("", text)


def is_example(values):
    """Tell whether a row is the example of a template: one of its cells says so."""
    return any(fold_mark(value).startswith(_EXAMPLE_MARKS) for value in values if value)


def fold_mark(value):
    """Return the beginning of a cell, folded, brackets and all."""
    text = str(value).lstrip()[:40]
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


_EXAMPLE_MARKS = tuple(fold_mark(text) for text in EXAMPLE)
IGNORED = frozenset(fold(text) for text in (*REASON, *ROW))

LEAD = {
    "name": "lead|lead title|lead name|opportunity|subject|线索|线索名称|线索标题|标题|主题|商机名称",
    "partner_name": "company|company name|customer|account|organization|公司|公司名称|企业名称|企业"
    "|客户名称|客户|单位名称|单位|客户公司|公司全称",
    "contact_name": "contact|contact name|contact person|full name|联系人|联系人姓名|姓名"
    "|客户姓名|客户联系人",
    "phone": "phone|phone number|mobile|mobile phone|telephone|tel|cell|电话|手机|手机号|手机号码"
    "|联系电话|联系方式|电话号码|联系手机",
    "email_from": "email|e-mail|email address|mail|邮箱|电子邮箱|电子邮件|邮件|邮箱地址|邮件地址",
    "function": "job position|job title|position|职位|职务|岗位",
    "medium_id": "channel|lead channel|medium|lead source|渠道|线索渠道|来源渠道|线索来源|获取渠道",
    "source_id": "particular source|source|source detail|event|event name|campaign source|具体来源"
    "|来源|来源明细|来源说明|活动名称|展会名称|展会",
    "referred": "referred by|referrer|推荐人|介绍人|转介绍人",
    "date_acquired": "acquired on|acquired|acquisition time|acquisition date|date|获取时间|获取日期"
    "|线索获取时间|收集时间",
    "registrant_id": "first contact person|registrant|registered by|初步接触人|登记人|首次接触人",
    "user_id": "salesperson|owner|sales representative|lead owner|销售员|负责人|第一负责人|销售代表"
    "|销售人员|归属人",
    "team_id": "sales team|team|销售团队|团队",
    "lead_type_id": "lead type|type of lead|线索类型|客户类型",
    "intake_proposed_grade_id": "proposed grade|grade|priority grade|建议等级|等级|线索等级|优先级",
    "industry_id": "industry|industry code|行业|行业代码|行业分类|所属行业|国民经济行业",
    "initial_need": "initial need|need|requirement|needs|初步需求|需求|客户需求|意向需求",
    "need_fit": "need fit|fit|需求匹配度|匹配度",
    "estimated_budget": "estimated budget|budget|预算规模|预算|预计预算|预算金额",
    "purchase_horizon": "purchase expected|purchase horizon|预计采购|采购预期|预计采购时间",
    "decision_maker": "decision maker|决策链完整性|决策人",
    "intake_reference": "external reference|reference|external id of the lead|外部编号|外部引用"
    "|外部参考|参考编号",
    "country_id": "country|国家|国家地区",
    "state_id": "state|province|省|省份|州省",
    "city": "city|城市|市",
    "street": "street|address|街道|地址|公司地址|详细地址",
    "website": "website|web site|homepage|网站|网址|公司网站",
    "founded_year": "founded in|founded|year founded|成立年份|成立时间|成立年限",
    "employee_range": "employees|number of employees|headcount|员工规模|员工人数|公司规模|人员规模",
    "annual_revenue": "annual revenue|revenue|年营业额|年收入|营业额",
    "main_business": "main business|business|主营业务",
    "main_products": "main products and services|main products|products|主要产品服务|主要产品|主营产品",
    "contact_role": "contact role|role|联系人角色|角色",
    "chat_account": "chat account|wechat|wechat id|微信|微信号|聊天账号",
    "chat_remark": "chat remark|wechat remark|微信备注|聊天备注",
    "need_description": "need description|具体需求|需求描述|需求详情|详细需求",
    "budget_from": "budget from|least budget|预算下限|最低预算",
    "budget_to": "budget to|most budget|预算上限|最高预算",
    "purchase_date": "purchase date|采购日期|采购时间|采购时间节点",
    "intake_step_ids": "decision path|decision chain|decision steps|steps of the decision chain"
    "|决策链|决策流程|决策链步骤",
    "competitor_ids": "competitors|competitors met|竞争对手",
    "description": "notes|note|internal notes|备注|说明",
    "tag_ids": "tags|标签",
    "expected_revenue": "expected revenue|预期收入|预计金额",
}

FOLLOW_UP = {
    "lead_id": "lead|lead title|lead name|opportunity|线索|线索名称|线索标题|商机名称",
    "lead_id/intake_reference": "external reference|reference|外部编号|外部引用|参考编号",
    "lead_id/partner_name": "company|company name|customer|公司|公司名称|客户名称|客户|企业名称",
    "lead_id/phone": "phone|phone number|mobile|电话|手机|手机号|手机号码|联系电话",
    "lead_id/email_from": "email|e-mail|email address|邮箱|电子邮箱|电子邮件",
    "contacted_on": "contacted on|when|date|time|contact time|follow-up time|联系时间|跟进时间|跟进日期"
    "|时间|日期",
    "user_id": "by|salesperson|sales representative|made by|跟进人|联系人员|销售代表|销售员",
    "method": "method|contact method|跟进方式|联系方式|沟通方式|方式",
    "outcome": "outcome|result|跟进结果|结果|联系结果",
    "summary": "summary|content|what was said|沟通摘要|摘要|跟进内容|沟通内容|跟进记录|内容摘要|内容",
    "feedback": "customers feedback|customer feedback|feedback|客户反馈|反馈",
    "next_on": "next contact|next contact on|下次联系时间|下次跟进时间|下次联系",
    "next_goal": "next action|next step|下一步行动|下一步计划|下一步",
}


def index(aliases):
    """Return ``{folded heading: field path}``; the first path that has a word keeps it."""
    found = {}
    for path, words in aliases.items():
        for word in words.split("|"):
            found.setdefault(fold(word), path)
    return found


LEAD_INDEX = index(LEAD)
FOLLOW_UP_INDEX = index(FOLLOW_UP)
