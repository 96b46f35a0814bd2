"""The leads of the months before: long decided, counted in closed months, in the same shape as
those of ``lead_intake_demo_data.py``.
"""

SPRING = "Machine Tool Show, Shanghai"
EXPO = "2026 Industry Expo"
WEBINAR = "Webinar “Machining at Micron Level”"
FORM = "Request on our website"
LIST = "Purchasing list “East China Machinery”"

_BUDGET = "lead_intake.lost_reason_budget"
_COMPETITOR = "lead_intake.lost_reason_competitor"
_CHANGED = "lead_intake.lost_reason_requirement"
# What a representative says after a call, in turn.
_CALLS = (
    "Called: they compare three suppliers and decide within the quarter.",
    "Visited the works: parts, cycle time and floor space are clear.",
    "Video call with the technical director, who wants a reference visit.",
)
_CHINESE_CALLS = (
    "电话沟通：客户正在比较三家供应商。",
    "拜访客户，确认工件和节拍。",
    "视频会议，技术总监希望参观案例。",
)


def _went(days, outcome, first_call=None, review_after=0.8, calls=2, chinese=False):
    """The events of a lead that was acquired ``days`` ago.

    :param outcome: ``(step, days after the acquisition, arguments)``
    """
    summaries = _CHINESE_CALLS if chinese else _CALLS
    step, after, arguments = outcome
    submitted = days - 0.7
    first_call = first_call or 2 + review_after
    events = [
        (submitted, "submit", {}),
        (submitted - review_after, "approve", {}),
        *(
            (
                days - first_call - number * 6,
                "log",
                {
                    "summary": summaries[(int(days) + number) % 3],
                    "feedback": False,
                    "next_in": 6,
                    "goal": "下一步安排" if chinese else "Agree on the next step",
                },
            )
            for number in range(calls)
        ),
    ]
    return [*events, (days - after, step, arguments)]


def _won(after):
    return "won", after, {}


def _lost(after, reason):
    return "lost", after, {"reason": reason}


# fmt: off
HISTORY = [
    (96, "rep", "Bending cell", "Luoyang Rail Parts", "Meng Qi", "+86 379 6491 2205",
     "trade_show", SPRING, "37", "high", 310000, "3", "known",
     "A bending cell for rail brackets.", _went(96, _won(28))),
    (94, "rep2", "卧式加工中心", "青岛海工机械有限公司", "吕强", "+86 532 8091 6673",
     "trade_show", SPRING, "34", "high", 420000, "3", "known", "两台卧式加工中心。",
     _went(94, _won(33), chinese=True)),
    (93, "rep3", "Laser welding head", "Guilin Appliances", "Tan Yu", "+86 773 282 1147",
     "website_form", FORM, "38", "medium", 38000, "6", "partly", "One welding head to try.",
     _went(93, _lost(25, _BUDGET), first_call=4.5)),
    (90, "rep", "Used milling machine", "Handan Repairs", "Shi Lei", "+86 310 602 8814",
     "third_party", LIST, "34", "low", 15000, "12", "unknown", "Looks for something cheap.",
     _went(90, _lost(14, _BUDGET), calls=1)),
    (88, "rep2", "Palletiser", "Lanzhou Dairy", "Ding Xia", "+86 931 846 2290",
     "webinar", WEBINAR, "14", "medium", 76000, "6", "partly", "One palletiser at the line's end.",
     _went(88, _lost(38, _COMPETITOR))),
    (86, "rep3", "数控转台", "成都飞翔精密制造有限公司", "蒋敏", "+86 28 8517 3306",
     "customer_referral", "", "37", "high", 135000, "3", "known", "老客户推荐，需要四台数控转台。",
     _went(86, _won(24), chinese=True)),
    (83, "rep", "Valve test bench", "Zigong Valves", "Rao Bin", "+86 813 810 5521",
     "customer_referral", "", "34", "high", 118000, "3", "known", "A bench for high pressure.",
     _went(83, _won(30), review_after=2.6)),
    (80, "rep2", "Paint robots", "Liuzhou Buses", "Wei Jun", "+86 772 261 7783",
     "trade_show", SPRING, "36", "high", 640000, "6", "known", "Six robots for a paint line.",
     _went(80, _lost(45, _COMPETITOR))),
    (78, "rep3", "Enquiry by a student", "Xinyang College", "Guan Yi", "+86 376 639 0018",
     "website_form", FORM, "82", "low", 5000, "later", "unknown", "For a thesis.",
     [(77.4, "submit", {}), (76.2, "return",
       {"rejections": {"estimated_budget": "A thesis has no budget: is there a buyer?"}}),
      (70, "lost", {"reason": _CHANGED})]),
    (75, "rep", "Sawing line", "Anshan Profiles", "Bao Lin", "+86 412 672 1190",
     "partner_referral", "", "33", "high", 205000, "3", "known", "A sawing line for profiles.",
     _went(75, _won(29))),
    (73, "rep2", "激光切割机", "佛山市顺德钣金有限公司", "区健", "+86 757 2231 8876",
     "webinar", WEBINAR, "33", "high", 165000, "3", "partly", "更换旧激光切割机一台。",
     _went(73, _lost(31, _BUDGET), chinese=True)),
    (70, "rep3", "Screw compressors", "Datong Mining Machines", "Hao Ying", "+86 352 603 4471",
     "third_party", LIST, "35", "medium", 52000, "6", "unknown", "Three compressors.",
     _went(70, _lost(20, _CHANGED), first_call=5)),
    (67, "rep", "Cylinder honing", "Yuchai Parts", "Nong Wei", "+86 775 322 6605",
     "trade_show", SPRING, "36", "high", 275000, "3", "known", "A honing machine for liners.",
     _went(67, _won(26))),
    (64, "rep2", "Gantry mill", "Qinhuangdao Bridges", "Zuo Kai", "+86 335 858 1173",
     "customer_referral", "", "33", "high", 730000, "6", "known", "A gantry mill for girders.",
     _went(64, _won(41))),
    (62, "rep3", "包装机器人", "郑州思源食品有限公司", "侯丽", "+86 371 6533 2984",
     "trade_show", EXPO, "14", "medium", 98000, "3", "partly", "两台装箱机器人。",
     _went(62, _won(27), chinese=True)),
    (59, "rep", "Tool presetter", "Taizhou Moulds", "Jin Hua", "+86 576 8420 3357",
     "website_form", FORM, "35", "medium", 24000, "3", "known", "One presetter.",
     _went(59, _lost(17, _BUDGET))),
    (57, "rep2", "Deep-hole drilling", "Ningbo Moulds", "Shao Lei", "+86 574 8711 0925",
     "trade_show", EXPO, "35", "high", 240000, "3", "known", "Deep-hole drilling for moulds.",
     _went(57, _won(24))),
    (54, "rep3", "Washing cabin", "Weifang Diesel Parts", "Luan Jie", "+86 536 823 7714",
     "webinar", WEBINAR, "34", "medium", 46000, "6", "partly", "A cabin for crankcases.",
     _went(54, _lost(22, _COMPETITOR), review_after=3.1)),
    (51, "rep", "Robot for die casting", "Zhaoqing Castings", "Mo Fan", "+86 758 271 9936",
     "partner_referral", "", "33", "high", 132000, "3", "known", "A robot that takes and sprays.",
     _went(51, _won(19))),
    (48, "rep2", "三坐标测量机", "长春汽研检测有限公司", "曲波", "+86 431 8576 2219",
     "customer_referral", "", "36", "high", 188000, "3", "known", "新实验室需要三坐标测量机。",
     _went(48, _won(22), chinese=True)),
    (46, "rep3", "Bar feeders", "Yuyao Fasteners", "Ni Ping", "+86 574 6263 8840",
     "third_party", LIST, "34", "low", 30000, "12", "unknown", "Asks what they cost.",
     _went(46, _lost(13, _CHANGED), calls=1, first_call=4)),
    (42, "rep", "Second sawing line", "Anshan Profiles", "Bao Lin", "+86 412 672 1190",
     "customer_referral", "", "33", "high", 215000, "6", "known", "The first one runs well.",
     [*_went(42, ("stage", 20, {"status": "requirement_clear"}))]),
]
# fmt: on
