"""The leads of the demo team, and what happened to them when.

A lead is ``(days ago it was acquired, representative, name, company, contact, phone, channel,
particular source, industry, need fit, budget, purchase, decision chain, need, events)``; an
event is ``(days ago, step, arguments of the step)``.
"""

EXPO = "2026 Industry Expo"
SUMMIT = "Smart Factory Summit 2026"
WEBINAR = "Webinar “Machining at Micron Level”"
FORM = "Request on our website"
LIST = "Purchasing list “East China Machinery”"

_NO_PHONE = {"phone": "The switchboard doesn't know this contact. Find a direct number."}
_TWO_GAPS = {
    "estimated_budget": "Half a line for that money? Check whether it is per machine.",
    "contact_name": "“Manager Zhang” isn't enough: full name and position, please.",
}


def _approved(days, hours=20, **arguments):
    """Submitted soon after the acquisition, approved the day after."""
    submitted = days - hours / 24
    return [(submitted, "submit", {}), (submitted - 0.9, "approve", arguments)]


def _imported(days, city):
    """Imported without a salesperson and approved."""
    return [(days - 0.1, "locate", {"city": city}), *_approved(days)]


def _contacted(days, summary, feedback=False, next_in=4, goal="Agree on the next step"):
    """A contact of ``days`` ago, and the next one planned for ``next_in`` days from now."""
    return (
        days,
        "log",
        {"summary": summary, "feedback": feedback, "next_in": next_in, "goal": goal},
    )


# A table reads better than one value a line.
# fmt: off
LEADS = [
    # --- just registered: something is missing --------------------------------------------
    (0.2, "rep", "Spare parts for two presses", "Ningbo Harbour Castings", "", "",
     "trade_show", EXPO, "33", False, 0, False, False, "", []),
    (0.4, "rep2", "自动化装配线咨询", "无锡恒力自动化有限公司", "陈建国", "",
     "webinar", WEBINAR, "35", "medium", 0, "6", "unknown", "想了解装配线改造方案和周期。", []),
    (0.9, "rep", "Enquiry about laser cutting", "Delta Sheet Metal Co.", "Tom Becker", "n/a",
     "website_form", FORM, "33", False, 12000, False, False, "Asks for a price list.", []),
    (1.6, "rep2", "Retrofit of a paint shop", "Foshan Furniture Group", "Ms Liang", "",
     "third_party", "", False, False, 0, "later", "unknown", "", []),
    # --- complete, not yet submitted ------------------------------------------------------
    (0.3, "rep", "Three CNC lathes for a new hall", "Qingdao Gearworks", "Sun Li",
     "+86 532 8388 1620", "trade_show", EXPO, "34", "high", 210000, "3", "known",
     "Moves into a new hall in spring and wants three lathes installed before that.", []),
    (0.7, "rep2", "检测设备升级", "上海精测仪器有限公司", "周敏", "+86 21 5888 4102",
     "customer_referral", "", "39", "high", 95000, "3", "partly",
     "现有三坐标测量机精度不足，计划第一季度更换两台。", []),
    # --- waiting for their review ---------------------------------------------------------
    (4.6, "rep", "Five-axis machining centre", "Suzhou Aero Components", "Gu Ming",
     "+86 512 6825 4401", "trade_show", EXPO, "37", "high", 480000, "3", "known",
     "Won a contract for turbine blades; needs a five-axis centre within ten weeks.",
     [(3.8, "submit", {})]),
    (3.9, "rep2", "数控机床采购", "苏州精工机械有限公司", "王建华", "+86 512 6251 7730",
     "customer_referral", "", "34", "high", 320000, "1", "known",
     "老客户李总介绍，计划采购四台数控机床，预算已批准。", [(3.1, "submit", {})]),
    (3.2, "rep", "Robot cell for palletising", "Hefei Foods", "Zhou Jie",
     "+86 551 6388 2255", "website_form", FORM, "13", "medium", 60000, "6", "partly",
     "Two palletising lines are to be automated; wants to see a reference.",
     [(2.4, "submit", {})]),
    (2.1, "rep2", "Compressed air station", "Jinan Bearings", "Ma Chao",
     "+86 531 8609 4417", "third_party", LIST, "34", "low", 25000, "later", "unknown",
     "Compares prices.", [(1.7, "submit", {})]),
    (1.8, "rep", "Test benches for electric drives", "Changzhou E-Motion", "Lin Fei",
     "+86 519 8512 3306", "webinar", WEBINAR, "38", "high", 150000, "3", "partly",
     "Needs test benches for a new drive series; technical director takes part.",
     [(1.2, "submit", {})]),
    (1.3, "rep", "包装线改造项目", "杭州绿源食品有限公司", "何丽", "+86 571 8790 6645",
     "trade_show", SUMMIT, "13", "medium", 88000, "6", "known",
     "两条包装线需要提速百分之三十，采购经理已参与。", [(0.6, "submit", {})]),
    (0.5, "rep2", "Cleaning system for castings", "Wuhan Precision Castings", "Peng Hao",
     "+86 27 8768 9023", "partner_referral", "", "33", "high", 70000, "3", "known",
     "Our partner Techline installs the line and asks for our cleaning system.",
     [(0.1, "submit", {})]),
    # --- returned ---------------------------------------------------------------------------
    (2.8, "rep", "Hydraulic presses for brake discs", "Chongqing Auto Parts", "Deng Yu",
     "+86 23 6310 0000", "trade_show", EXPO, "36", "high", 260000, "3", "known",
     "Replaces two presses of 1998.",
     [(2.2, "submit", {}), (1.1, "return", {"rejections": _NO_PHONE})]),
    (3.5, "rep", "Half an assembly line", "Nanjing Pump Works", "Manager Zhang",
     "+86 25 8452 7719", "webinar", WEBINAR, "34", "medium", 900000, "6", "partly",
     "Wants the second half of a line built in 2021 by somebody else.",
     [(2.9, "submit", {}),
      (2.0, "return", {"rejections": _TWO_GAPS, "comment": "Good lead, thin paperwork."})]),
    (5.5, "rep2", "压铸机更新", "东莞市华通五金厂", "刘强", "+86 769 2281 5562",
     "third_party", LIST, "33", "medium", 45000, "12", "unknown", "想更换旧压铸机。",
     [(5.0, "submit", {}),
      (4.1, "return", {"rejections": {"initial_need": "What tonnage, how many machines?"}})]),
    # --- approved ---------------------------------------------------------------------------
    (4.4, "rep", "Gear hobbing machines", "Hangzhou Drives", "Xu Wei", "+86 571 8120 3348",
     "trade_show", EXPO, "34", "high", 340000, "3", "known",
     "Two hobbing machines for a new gearbox line.",
     _approved(4.4, comment="Meets the conditions, stays with Wang Fang.")),
    (6.0, "rep2", "Cooling for a data hall", "Guiyang Cloud Park", "Shen Tao",
     "+86 851 8482 9910", "partner_referral", "", "65", "medium", 120000, "6", "partly",
     "Partner asks for a second offer.",
     [*_approved(6.0), (3.8, "assign", {"login": "rep3", "note": "Knows data halls."})]),
    (3.6, "rep2", "Honing of pump housings", "Yantai Hydraulics", "Xue Ning",
     "+86 535 672 9014", "trade_show", EXPO, "34", "high", 195000, "3", "known",
     "Honing for a new pump housing.",
     [*_approved(3.6), (0.8, "release", {})]),
    (2.4, "rep3", "机床改造咨询", "济宁重工机械有限公司", "孔伟", "+86 537 231 7765",
     "website_form", FORM, "35", "medium", 64000, "6", "partly", "两台旧机床需要数控改造。",
     [*_approved(2.4), (0.5, "release", {})]),
    (7.5, "rep3", "Coolant filtration", "Mudanjiang Bearings", "Teng Fei",
     "+86 453 628 1146", "webinar", WEBINAR, "34", "high", 58000, "3", "known",
     "One filtration plant for twelve machines.",
     [*_approved(7.5),
      _contacted(5.2, "Video call with Mr Teng: flow and space are clear.",
                 "Wants to see one that runs.", 2, "Fix the visit")]),
    (13.0, "rep3", "Crane for tool changes", "Zhuzhou Carbide", "Peng Lan",
     "+86 731 2283 4471", "customer_referral", "", "33", "high", 92000, "3", "known",
     "A crane for heavy tools.",
     [*_approved(13.0), _contacted(10.5, "Visited the hall, loads are known.", next_in=5),
      (3.0, "log", {"summary": "Called: purchasing compares two offers.", "feedback": False,
                    "next_in": 3, "goal": "Answer their questions"})]),
    (9.0, "rep", "Grinding centre with loader", "Dalian Bearings", "Qiu Yan",
     "+86 411 8477 2093", "customer_referral", "", "34", "high", 290000, "3", "known",
     "Runs our grinding centre since 2019, adds a second one.",
     [*_approved(9.0),
      _contacted(6.6, "Called Ms Qiu: the budget is approved, the loader is still open.",
                 "Wants a drawing of the loader.", 1, "Send the drawing, fix a visit")]),
    (11.0, "rep2", "锂电池极片产线", "合肥新能源科技有限公司", "赵磊", "+86 551 6537 7812",
     "trade_show", SUMMIT, "38", "high", 1200000, "6", "known",
     "新建极片生产线，需要涂布和辊压设备。",
     [*_approved(11.0),
      _contacted(8.5, "与赵总通电话，介绍方案和案例，对方希望现场参观。", "对案例很感兴趣。", 2,
                 "安排参观")]),
    (14.0, "rep", "Deburring robots", "Xiamen Fittings", "Ye Lan", "+86 592 556 2108",
     "website_form", FORM, "33", "high", 85000, "3", "partly",
     "Deburrs 4,000 fittings a day by hand.",
     [*_approved(14.0, grade="b", override_reason="Their budget isn't released before June."),
      _contacted(11.5, "Video call with Ms Ye: parts, cycle time and floor plan are clear."),
      (9.0, "stage", {"status": "requirement_clear"})]),
    (18.0, "rep2", "Coating line for pipes", "Tianjin Pipes", "Gao Feng", "+86 22 6628 7713",
     "trade_show", EXPO, "33", "high", 640000, "6", "known",
     "Coating line for pipes up to DN 600.",
     [*_approved(18.0), _contacted(15.2, "Visited the works, took the line's measures."),
      (9.5, "stage", {"status": "proposal"})]),
    (22.0, "rep", "Automatic warehouse", "Shenyang Machine Tools", "Bai Xue",
     "+86 24 2566 3391", "webinar", WEBINAR, "34", "high", 520000, "6", "known",
     "High-bay warehouse for 3,000 pallets.",
     [*_approved(22.0), _contacted(19.0, "Met purchasing and logistics in Shenyang."),
      (12.0, "stage", {"status": "proposal"}), (4.0, "stage", {"status": "negotiating"})]),
    (16.0, "rep2", "Measuring arm, used", "Kunming Optics", "Dai Rong", "+86 871 6535 4420",
     "third_party", LIST, "40", "low", 9000, "12", "unknown", "Looks for a used one.",
     [*_approved(16.0), _contacted(12.9, "Called: they have time and little money.", next_in=9)]),
    # --- imported and approved, to be given an owner ------------------------------------------
    (3.4, "operations", "Second turning cell", "Wuxi Valves", "Fan Ying", "+86 510 8530 2217",
     "trade_show", SUMMIT, "34", "high", 260000, "3", "known",
     "The first cell runs well; the second is for smaller valve bodies.", _imported(3.4, "Wuxi")),
    (3.3, "operations", "叶片检测设备", "西安航空零部件有限公司", "郑凯", "+86 29 8836 1175",
     "trade_show", SUMMIT, "37", "high", 150000, "6", "partly", "配套五轴加工中心的叶片检测。",
     _imported(3.3, "西安市")),
    (3.2, "operations", "Battery housing line", "Ningde Cell Systems", "Wu Qian",
     "+86 593 258 7731", "trade_show", SUMMIT, "38", "high", 780000, "6", "known",
     "Welding and testing of battery housings.", _imported(3.2, "Ningde")),
    (3.1, "operations", "Gearbox test stand", "Hangzhou Motion", "Tang Yi", "+86 571 8853 6620",
     "trade_show", SUMMIT, "34", "medium", 90000, "6", "partly",
     "Wants to test gearboxes at the end of the line.", _imported(3.1, "Hangzhou")),
    (3.0, "operations", "Deburring of castings", "Foshan Castings", "Lu Ping",
     "+86 757 8233 4518", "trade_show", SUMMIT, "33", "medium", 55000, "6", "unknown",
     "Deburrs by hand, cannot find people.", _imported(3.0, "Foshan")),
    (2.9, "operations", "Feeding system", "Zhongshan Lighting", "Ou Jing", "+86 760 8826 7090",
     "trade_show", SUMMIT, "38", "low", 20000, "12", "unknown", "Collects ideas for next year.",
     _imported(2.9, "Zhongshan")),
    # --- on hold ----------------------------------------------------------------------------
    (12.0, "rep", "Second shift line", "Zhengzhou Textiles Machinery", "Kong De",
     "+86 371 6795 1180", "trade_show", SUMMIT, "35", "medium", 180000, "12", "partly",
     "Waits for next year's investment plan.",
     [(11.3, "submit", {}),
      (10.4, "hold", {"days": 40, "comment": "The plan is decided in January."})]),
    (20.0, "rep2", "Wind tower welding", "Baotou Steel Structures", "Hu Jun",
     "+86 472 536 8061", "customer_referral", "", "33", "high", 410000, "later", "known",
     "Welding cells for wind towers.",
     [*_approved(20.0), _contacted(17.1, "Called: the permit for the hall is missing."),
      (6.0, "hold", {"days": 21, "comment": "No permit for the hall before next month."})]),
    # --- won and lost -----------------------------------------------------------------------
    (38.0, "rep", "Turning cell with robot", "Wuxi Valves", "Fan Ying", "+86 510 8530 2217",
     "customer_referral", "", "34", "high", 230000, "3", "known",
     "Turning cell for valve bodies.",
     [*_approved(38.0), _contacted(35.3, "Visited with an engineer, parts are clear."),
      (28.0, "stage", {"status": "proposal"}), (16.0, "stage", {"status": "negotiating"}),
      (7.0, "won", {})]),
    (45.0, "rep2", "五轴加工中心", "西安航空零部件有限公司", "郑凯", "+86 29 8836 1175",
     "trade_show", EXPO, "37", "high", 560000, "3", "known", "五轴加工中心两台，用于叶片加工。",
     [*_approved(45.0), _contacted(42.0, "拜访客户，确认技术要求。"),
      (30.0, "stage", {"status": "negotiating"}), (12.0, "won", {})]),
    (9.8, "rep3", "Spindle for a mill of ours", "Leshan Gears", "Luo Yi", "+86 833 244 7719",
     "customer_referral", "", "34", "high", 47000, "1", "known",
     "Their mill stands still: a new spindle within two weeks.",
     [*_approved(9.8, hours=6), _contacted(8.0, "Called: the type plate is photographed."),
      (4.5, "won", {})]),
    (30.0, "rep", "Packaging robots", "Harbin Dairy", "Cao Min", "+86 451 8266 5508",
     "website_form", FORM, "14", "medium", 140000, "6", "partly", "Four packaging robots.",
     [*_approved(30.0), _contacted(27.0, "Called Mr Cao, he collects offers."),
      (10.0, "lost", {"reason": "crm.lost_reason_1"})]),
    (8.0, "rep2", "Free samples", "Nobody Trading", "Mr Li", "+86 10 6552 9988",
     "website_form", FORM, False, "low", 0, "later", "unknown", "Asks for free samples.",
     [(7.4, "submit", {}), (6.9, "return",
       {"rejections": {"partner_name": "There is no company of this name."}}),
      (5.2, "lost", {"reason": "crm.lost_reason_3"})]),
]
# fmt: on
