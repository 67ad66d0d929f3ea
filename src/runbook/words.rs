//! Every sentence of a runbook, in every language: one table, so that a missing translation does not compile.

use super::decision::Decision;
use crate::check::Verdict;
use crate::preflight::{Standing, Text, Who, texts};
use crate::provision::{AttachDirection, AttachEffect, AttachKind, AttachScope};

texts! {
    /// The title of the whole.
    title_of(name: &str) = "Runbook: conversion to shared ports ({name})", "变更手册：转换为共享端口（{name}）";
    /// A blank to fill in.
    blank_text() = "________", "________";
    /// What a blank is.
    legend_text() = "Where ________ stands, something is to be filled in by hand: nobody has written it down.", "________ 处须手工填写：没有任何资料给出该内容。";
    /// The title of the certificate.
    certificate() = "Certificate", "证书";

    /// The rehearsal fails.
    rehearsal_fails() = "the rehearsal breaks the budget, or a check of it fails", "预演超出影响预算，或有检查未通过";
    /// The rehearsal did not run.
    rehearsal_broken() = "the rehearsal itself failed", "预演本身失败";
    /// The rehearsal shows nothing.
    rehearsal_open() = "the rehearsal does not show enough to decide", "预演不足以作出判断";
    /// Tenants in whose way something is.
    tenants_no_go(count: usize, names: &str) = "something is in the way of {count} of the tenants in this window: {names}", "本窗口内有 {count} 个租户存在障碍：{names}";
    /// Tenants of whom something is not known.
    tenants_unknown(count: usize, names: &str) = "of {count} of the tenants in this window something is not known: {names}", "本窗口内有 {count} 个租户的情况尚不明确：{names}";
    /// Nobody is converted.
    nobody_goes() = "nobody is converted in this window", "本窗口没有任何租户被转换";
    /// Nothing was measured, and there is a test tenant.
    unmeasured(tenant: &str) = "what the conversion does to traffic has not been measured: convert the test tenant {tenant} alone (wave 0), measure, rehearse again", "转换对流量的影响尚未实测：请先仅转换测试租户 {tenant}（第 0 批），实测后重新预演";
    /// Nothing was measured, and there is no test tenant.
    unmeasured_without_trial() = "what the conversion does to traffic has not been measured, and the plan has no test tenant to measure it on", "转换对流量的影响尚未实测，且方案中没有用于实测的测试租户";
    /// All is well.
    all_shown() = "everything that was asked is shown, and the rehearsal keeps the budget by what wave 0 measured", "所有检查项均有依据，且按第 0 批实测结果预演满足影响预算";

    /// Page one.
    decision_title() = "Decision", "决策";
    /// Column.
    what() = "Item", "项目";
    /// Column.
    is() = "Content", "内容";
    /// Row.
    recommendation() = "Recommendation", "建议";
    /// The recommendation to go.
    go() = "GO", "同意实施（GO）";
    /// The recommendation to convert the test tenant.
    go_wave_zero() = "GO FOR WAVE 0 ALONE", "仅同意第 0 批（GO FOR WAVE 0 ALONE）";
    /// The recommendation to find out more.
    not_yet() = "NOT YET", "暂不实施（NOT YET）";
    /// The recommendation not to go.
    no_go() = "NO-GO", "不同意实施（NO-GO）";
    /// Between two reasons.
    between() = "; ", "；";
    /// Between two names.
    comma() = ", ", "、";
    /// Row.
    why() = "why", "原因";
    /// Row.
    window() = "Window", "变更窗口";
    /// A span.
    from_to(from: &Text, to: &Text) = "{from} to {to}", "{from} 至 {to}";
    /// Row.
    scope_title() = "Scope", "范围";
    /// How many.
    scope(going: usize, waves: usize, left: usize) = "connections converted: {going}, waves: {waves}, left for another window: {left}", "转换连接数：{going}，批次数：{waves}，留待其他窗口：{left}";
    /// Row.
    tenants_title() = "Pre-flight", "事前检查";
    /// How many stand how.
    counted(go: usize, unknown: usize, no_go: usize) = "{go} GO, {unknown} UNKNOWN, {no_go} NO-GO", "{go} 个 GO，{unknown} 个 UNKNOWN（未知），{no_go} 个 NO-GO";
    /// Row.
    latest_title() = "Latest moment to turn back", "最晚回退时刻";
    /// The moment.
    latest(at: &Text, call: &str, tenant: &str) = "{at}, before the first {call} ({tenant}). Before it each step can be undone; after it nothing that is documented leads back", "{at}，即首次 {call}（{tenant}）之前。此前每一步都可撤销；此后没有文档记载的回退方法";
    /// There is none.
    latest_unknown() = "not known: no call without a way back was made in the rehearsal", "未知：预演中没有出现不可回退的调用";
    /// Row.
    approver() = "Approver", "审批人";
    /// Row.
    decision_of_board() = "Decision of the board", "评审决定";
    /// Row.
    signed() = "Date, signature", "日期、签名";
    /// List.
    assumptions_title() = "Assumptions in force", "生效的假设";
    /// List.
    triggers_title() = "Stop at once where", "立即停止的条件";
    /// Without a limit.
    any_number() = "any number of", "不限";
    /// What was measured.
    measured(effect: &Text) = "A trial on the test tenant has measured what the attach does to traffic: {effect}. All figures rest on it.", "已在测试租户上实测挂载对流量的影响：{effect}。所有数字以此为依据。";
    /// An effect.
    effect_none() = "nothing is interrupted", "业务不中断";
    /// An effect.
    effect_interrupts(kind: &Text, span: &str, way: &Text, whose: &Text) = "{kind} for {span}, {way}, {whose}", "{kind}，持续 {span}，{way}，{whose}";
    /// A kind of effect.
    kind_outage() = "nothing passes", "流量中断";
    /// A kind of effect.
    kind_reprogram() = "the connection is set up anew", "连接被重新配置";
    /// A kind of effect.
    kind_rebuild() = "the connection is set up anew with another MAC address", "连接被重新配置且 MAC 地址改变";
    /// A direction.
    way_both() = "both ways", "双向";
    /// A direction.
    way_up() = "to the cloud", "上云方向";
    /// A direction.
    way_down() = "from the cloud", "下云方向";
    /// A scope.
    scope_own() = "of this connection alone", "仅影响该连接";
    /// A scope.
    scope_circuit() = "of all on its circuit", "影响该物理专线上的所有连接";
    /// A scope.
    scope_device() = "of all on its access device", "影响该接入设备上的所有连接";
    /// What was not.
    hypothetical() = "HYPOTHETICAL: no trial has measured what the attach does to traffic. The vendor promises that nothing is interrupted, and no page says how; all figures hold only if that is so.", "假设（HYPOTHETICAL）：尚无实测表明挂载对流量的影响。厂商承诺业务不中断，但没有文档说明原理；所有数字仅在该承诺成立时有效。";
    /// The budget.
    budget(gap: &str, lost: &Text) = "A tenant may notice at most a silence of {gap} and {lost} lost frames beyond what it would have noticed anyway.", "除原本就会出现的影响外，单个租户最多可承受 {gap} 的中断；丢帧上限：{lost}。";
    /// The point of no return.
    no_way_back() = "No page names a call that takes a connection off its shared port: after AttachVbrToVpconn there is no way back.", "没有文档记载将连接移出共享端口的调用：AttachVbrToVpconn 之后无法回退。";
    /// What the user assumes of the vendor.
    support_case(span: &str) = "It is assumed, and promised nowhere, that the vendor's support takes a connection off its shared port within {span}.", "假设（没有任何文档承诺）厂商支持可在 {span} 内将连接移出共享端口。";
    /// More of them.
    more_assumptions() = "Everything that the vendor's pages leave open, and how it was taken, stands in the last chapter.", "厂商文档未明确之处及本方案的取值见最后一章。";

    /// Chapter.
    people_title() = "People", "人员";
    /// Column.
    role() = "role", "角色";
    /// Column.
    name() = "name", "姓名";
    /// Column.
    reach() = "how to reach", "联系方式";
    /// A role.
    role_lead() = "leads the window", "窗口负责人";
    /// A role.
    role_stop() = "decides to stop", "停止决策人";
    /// A role.
    role_tenants() = "talks to tenants", "租户联络人";
    /// A role.
    role_vendor() = "opens the case with the vendor", "厂商工单负责人";
    /// Column.
    account() = "account", "账号";
    /// Column.
    there_from() = "there from", "在岗开始";
    /// Column.
    there_to() = "there until", "在岗结束";
    /// Column.
    when() = "when", "时间";
    /// Column.
    told() = "who is told", "通知对象";
    /// Column.
    teller() = "by whom", "通知人";
    /// Column.
    how() = "how, and what", "方式与内容";
    /// A message.
    message_before() = "before the window", "窗口前";
    /// A message.
    message_open() = "the window opens", "窗口开始";
    /// A message.
    message_wave() = "after each wave", "每批结束后";
    /// A message.
    message_stop() = "the cutover stops", "停止变更时";
    /// A message.
    message_end() = "the window is over", "窗口结束";
    /// Column.
    freeze_from() = "no other changes from", "变更冻结开始";
    /// Column.
    freeze_to() = "until", "变更冻结结束";

    /// Chapter.
    steps_title() = "Steps", "步骤";
    /// Above the steps.
    steps_note() = "Each call is made by the account that is named, when the one before it has come out as expected. Times are those of the rehearsal; within the window a wave begins only by a decision.", "每个调用由所列账号执行，且须在前一步达到预期状态后进行。时间取自预演；窗口内每批须经决策后开始。";
    /// Where there is no clock.
    relative_note() = "Times count from the opening of the window (T); the scenario does not say when it opens (`board: opens`).", "时间以窗口开始时刻 T 为基准；场景未注明窗口开始时间（`board: opens`）。";
    /// Column.
    number() = "no.", "序号";
    /// Column.
    time() = "time", "时间";
    /// Column.
    wave() = "wave", "批次";
    /// Column.
    actor() = "account", "账号";
    /// Column.
    person() = "person", "执行人";
    /// Column.
    call() = "call", "API 调用";
    /// Column.
    parameters() = "parameters", "参数";
    /// Column.
    expected() = "expected state", "预期状态";
    /// Column.
    way_back() = "way back", "回退方法";
    /// Column.
    done() = "done", "完成";
    /// A time.
    not_called() = "not called in the rehearsal", "预演中未调用";
    /// A wave.
    before_window() = "before the window", "窗口前";
    /// A decision.
    go_no_go(wave: usize) = "Go/no-go call: does wave {wave} begin? Pre-checks done, nobody in its way, everybody there.", "开始决策：第 {wave} 批是否开始？前置检查已完成、无障碍、人员到位。";
    /// A watch.
    soak(span: &str) = "Watch this wave for {span}; do the post-checks; then decide on the next.", "观察本批 {span}，完成后置检查，再决定下一批。";
    /// A watch without a time.
    soak_unsaid() = "Watch this wave for ________; do the post-checks; then decide on the next.", "观察本批 ________，完成后置检查，再决定下一批。";
    /// After the call.
    expect_open() = "outbound billing is on; by itself it bills nothing", "出方向流量计费已开通；开通本身不产生费用";
    /// After the call.
    expect_create() = "a shared port, Allocated and UnConfirmed, with the VBR's VLAN and bandwidth; traffic as before. Try it as a dry run first", "出现共享端口，状态 Allocated、UnConfirmed，VLAN 与带宽同 VBR；流量不变。请先试运行（DryRun）";
    /// After the call.
    expect_confirm() = "the shared port is Confirmed and Enabled; its fee runs; traffic as before", "共享端口为 Confirmed、Enabled；端口费开始计费；流量不变";
    /// After the call.
    expect_attach() = "the VBR hangs on the shared port; its id, VLAN, addresses, routes and attachment are as before; traffic passes", "VBR 挂载到共享端口；ID、VLAN、地址、路由与转发路由器挂载均不变；流量正常";
    /// After the call.
    expect_terminate() = "the VBR is terminated; its traffic stops", "VBR 为 terminated；其流量中断";
    /// After the call.
    expect_delete() = "the VBR is gone", "VBR 已删除";
    /// After the call.
    expect_sell() = "a shared port, Allocated and UnConfirmed", "出现共享端口，状态 Allocated、UnConfirmed";
    /// After the call.
    expect_build() = "a new VBR on the shared port, active", "共享端口上出现新的 VBR，状态 active";
    /// After the call.
    expect_accepted() = "the call is accepted", "调用成功";
    /// Back.
    back_open() = "none is needed: by itself it bills nothing", "无需回退：开通本身不产生费用";
    /// Back.
    back_create() = "the tenant deletes the shared port: DeletePhysicalConnection", "由租户删除共享端口：DeletePhysicalConnection";
    /// Back.
    back_confirm() = "the tenant gives the shared port back: TerminatePhysicalConnection, then DeletePhysicalConnection; the fee until then stays", "由租户退还共享端口：先 TerminatePhysicalConnection，再 DeletePhysicalConnection；已产生的费用不退";
    /// Back.
    back_attach() = "NONE", "无（NONE）";
    /// Back.
    back_terminate() = "the partner recovers it: RecoverVirtualBorderRouter, within seven days", "由合作伙伴恢复：RecoverVirtualBorderRouter，七天内有效";
    /// Back.
    back_delete() = "NONE: a VBR that is made anew has another id", "无（NONE）：重建的 VBR ID 不同";
    /// Back.
    back_build() = "the tenant deletes it: DeleteVirtualBorderRouter, once nothing depends on it", "由租户删除：DeleteVirtualBorderRouter，须先解除依赖";
    /// Back.
    back_unsaid() = "as the vendor's page on this call says", "见厂商该调用的文档";

    /// Chapter.
    checks_title() = "Checks before and after each conversion", "转换前后检查";
    /// Above the checks.
    checks_note() = "Commands of your own, with the names of each connection filled in. A name in braces that is left is one that the scenario does not say.", "您自己的检查命令，已填入各连接的名称。仍保留的花括号表示场景未给出该值。";
    /// Column.
    tenant() = "tenant", "租户";
    /// Column.
    command() = "command", "命令";
    /// Column.
    result() = "result", "结果";
    /// When.
    before_attach() = "before", "转换前";
    /// When.
    after_attach() = "after", "转换后";

    /// Chapter.
    impact_title() = "Impact and notice", "影响与通知";
    /// List.
    notice_title() = "What each tenant is told before the window", "窗口前须告知每个租户";
    /// Notice.
    notice_when(from: &Text, to: &Text) = "Your connection is converted to a shared port in your own account between {from} and {to}.", "您的连接将在 {from} 至 {to} 之间转换为您账号下的共享端口。";
    /// Notice.
    notice_accept(by: &Text) = "Before {by}: enable outbound data transfer billing (OpenPhysicalConnectionService), then accept the shared port (ConfirmPhysicalConnection).", "请在 {by} 之前：开通出方向流量计费（OpenPhysicalConnectionService），然后接受共享端口（ConfirmPhysicalConnection）。";
    /// Notice.
    notice_fee_tenant() = "The port fee is yours, from your acceptance on.", "端口费由您承担，自接受共享端口起计。";
    /// Notice.
    notice_fee_partner() = "The port fee is the partner's, from your acceptance on.", "端口费由合作伙伴承担，自接受共享端口起计。";
    /// Notice.
    notice_outbound(from: &Text) = "Outbound data transfer is billed to you {from}.", "出方向流量费由您承担，{from}。";
    /// Notice.
    notice_keep() = "Make no VBR on the shared port, and change neither addresses nor routes until you are told that it is done: your VBR stays as it is.", "在收到完成通知之前，请勿在共享端口上创建 VBR，也不要修改地址和路由：您的 VBR 保持不变。";
    /// Notice.
    notice_rights() = "Afterwards it is you who may end the VBR and give the line up, no longer the partner.", "此后由您（而非合作伙伴）终止 VBR 或退订线路。";
    /// Column.
    vbr() = "VBR", "VBR";
    /// Column.
    vlan() = "VLAN", "VLAN";
    /// Column.
    converted_at() = "converted at", "转换时间";
    /// Column.
    preflight() = "pre-flight", "事前检查";
    /// Column.
    impact() = "impact in the rehearsal", "预演中的影响";
    /// Column.
    monthly() = "port fee a month", "每月端口费";
    /// Column.
    told_on() = "told on", "通知日期";
    /// A fee.
    fee(month: &str, currency: &str, payer: &str) = "{month} {currency}, paid by {payer}", "{month} {currency}，由 {payer} 支付";
    /// Not now.
    not_this_window() = "not in this window", "不在本窗口";
    /// Impact.
    nothing_changes() = "none: it stays as it is", "无：保持现状";
    /// Impact.
    not_simulated() = "not known: it was not simulated", "未知：未进行仿真";
    /// Impact.
    not_seen() = "not known: no traffic of it crossed the step", "未知：该步骤期间没有其流量";
    /// Impact.
    nothing_lost(frames: u64) = "none of {frames} frames lost, doubled or late", "{frames} 帧中无丢失、重复或乱序";
    /// Impact.
    lost(lost: u64, frames: u64, gap: &str, kept: &Text) = "{lost} of {frames} frames lost, longest silence {gap}: {kept}", "{frames} 帧中丢失 {lost} 帧，最长中断 {gap}：{kept}";
    /// The budget is kept.
    budget_kept() = "within the budget", "在预算内";
    /// The budget is broken.
    budget_broken() = "beyond the budget", "超出预算";

    /// Chapter.
    open_title() = "What is in the way, or not known", "障碍与未知项";
    /// Above it.
    open_note() = "UNKNOWN is what no source shows, or sources show differently. Whoever is not GO is put right, looked up, or left for another window.", "UNKNOWN 表示没有资料显示，或资料相互矛盾。未达到 GO 的租户须先整改、补充资料，或留待其他窗口。";
    /// Column.
    verdict() = "verdict", "结论";
    /// Column.
    question() = "question", "检查项";
    /// Column.
    who_acts() = "who acts", "责任方";
    /// Column.
    by_call() = "by which call", "所需调用";
    /// Column.
    otherwise() = "error otherwise", "否则报错";
    /// Column.
    unshown_title() = "not known, since no source shows it", "没有任何资料显示的检查项";
    /// A code.
    no_code() = "no page names the error", "文档未给出错误码";
    /// Nobody.
    nobody_acts() = "nobody: to be known", "无需处理：知悉即可";
    /// To be known.
    to_be_known() = "to be known", "须知悉";
    /// The partner.
    partner() = "partner", "合作伙伴";
    /// The cloud.
    cloud() = "cloud", "云侧";

    /// Chapter.
    left_title() = "Who is not converted, and what becomes of them", "未转换的租户及其后续";
    /// Nobody.
    nobody_left() = "Everybody is converted in this window, if all goes as rehearsed.", "若与预演一致，本窗口内所有租户均完成转换。";
    /// Above them.
    left_note() = "Their traffic runs on as before. They are converted in another window, with a rehearsal and a decision of its own.", "其流量不受影响，将在另行预演和决策的其他窗口中转换。";
    /// Column.
    stays() = "where it stays", "停留状态";
    /// Column.
    waiting() = "what waiting costs", "等待成本";
    /// Column.
    next() = "what comes next", "后续处理";
    /// Why.
    never_accepts() = "the tenant never accepts", "租户始终不接受";
    /// Why.
    accepts_late(after: &str) = "the tenant accepts {after} after it was asked, too late", "租户在收到请求 {after} 后才接受，过晚";
    /// Why.
    window_over() = "the window is over before its wave", "轮到其批次之前窗口已结束";
    /// Why.
    held_back() = "the plan holds it back", "方案将其保留";
    /// Why.
    drifted(what: &str) = "the check before the window: {what}", "窗口前检查：{what}";
    /// Why.
    refused(call: &str, code: &Text) = "{call} is refused: {code}", "{call} 被拒绝：{code}";
    /// Why.
    never_called(call: &str) = "{call} is never called, since a step before it does not come about", "{call} 未被调用，因为之前的步骤未完成";
    /// State.
    stays_legacy() = "nothing was made: the connection is as it was", "未创建任何资源：连接保持原状";
    /// State.
    stays_unaccepted() = "a shared port waits for the tenant (UnConfirmed); the VBR hangs on the partner's circuit", "共享端口等待租户接受（UnConfirmed）；VBR 仍在合作伙伴的物理专线上";
    /// State.
    stays_accepted() = "the shared port is accepted; the VBR still hangs on the partner's circuit", "共享端口已接受；VBR 仍在合作伙伴的物理专线上";
    /// State.
    stays_checked() = "the VBR still hangs on the partner's circuit; its port, where there is one, is to be looked at", "VBR 仍在合作伙伴的物理专线上；如有端口，须检查其状态";
    /// Cost.
    waiting_free() = "nothing: no fee runs before the tenant accepts", "无：租户接受之前不产生费用";
    /// Cost.
    waiting_day(day: &str, currency: &str, payer: &str) = "{day} {currency} a day, paid by {payer}, where the port is accepted", "端口接受后每天 {day} {currency}，由 {payer} 支付";
    /// Cost.
    waiting_unpriced() = "the port fee runs where the port is accepted; the scenario has no price", "端口接受后开始计费；场景未给出价格";
    /// Next.
    next_accept() = "the tenant accepts before the next window, or deletes the shared port (DeletePhysicalConnection)", "租户在下一窗口前接受，或删除共享端口（DeletePhysicalConnection）";
    /// Next.
    next_attach() = "attached in the next window; or the tenant gives the port back (TerminatePhysicalConnection, DeletePhysicalConnection)", "在下一窗口挂载；或由租户退还端口（TerminatePhysicalConnection、DeletePhysicalConnection）";

    /// Chapter.
    turning_back_title() = "Turning back, and what there is where nothing leads back", "回退与遏制措施";
    /// List.
    stop_title() = "Stop rules", "停止规则";
    /// Above the trials.
    tried_title() = "Each way back was run in the rehearsal:", "每种回退方法均已在预演中执行：";
    /// Column.
    tried_calls() = "calls made", "已执行的调用";
    /// Column.
    tried_result() = "came to", "结果";
    /// A trial.
    leads_back() = "everything is as before", "恢复原状";
    /// A trial.
    leads_nowhere() = "no documented way back", "没有文档记载的回退方法";
    /// A trial.
    remains(what: &str) = "not as before: {what}", "未恢复原状：{what}";
    /// A trial.
    not_built() = "it could not be built", "未能重建";
    /// Interleavings.
    orders(states: u64, verdict: &Text) = "Orders in which partner, tenant and cloud may act, faults among them: {states} states gone through. That none does harm: {verdict}.", "合作伙伴、租户与云侧各种先后次序（含故障）：共遍历 {states} 个状态。均无损害：{verdict}。";
    /// Rule.
    trigger_foreign() = "a frame of one tenant reaches another", "任一租户的帧到达其他租户";
    /// Rule.
    trigger_refused() = "a call is refused, or does not come out as expected: the next wave does not begin", "任一调用被拒绝或未达到预期状态：不开始下一批";
    /// Rule.
    trigger_silence(span: &str) = "a tenant is silent for {span}", "任一租户中断达 {span}";
    /// Rule by the budget.
    trigger_budget(span: &str) = "a tenant is silent for longer than the budget, {span}", "任一租户中断超过预算 {span}";
    /// Rule.
    trigger_tenants(count: u64) = "tenants harmed: {count}", "受影响租户数达到 {count}";
    /// Rule to fill in.
    trigger_tenants_unsaid() = "tenants harmed: ________", "受影响租户数达到 ________";
    /// Rule.
    trigger_octets(count: u64) = "octets lost: {count}", "丢失字节数达到 {count}";
    /// Rule to fill in.
    trigger_octets_unsaid() = "octets lost: ________", "丢失字节数达到 ________";
    /// List.
    containment_title() = "After the attach nothing leads back. There is containment instead", "挂载之后无法回退，只能遏制";
    /// Containment.
    contain_stop() = "Stop: no further attach is called. Who is not attached yet stays as it is.", "停止：不再执行任何挂载。尚未挂载的租户保持现状。";
    /// Containment.
    contain_case() = "Open a case with the vendor, as below. That it undoes an attach is promised nowhere.", "按下表向厂商提交工单。没有任何文档承诺可以撤销挂载。";
    /// Containment.
    contain_rebuild() = "Last, build the VBR anew on its port: another VBR with another id, and an outage for that tenant while it is built.", "最后手段：在端口上重建 VBR。新 VBR 的 ID 不同，重建期间该租户业务中断。";
    /// Table.
    vendor_title() = "Case with the vendor, by your own contract:", "厂商工单（以您的合同为准）：";
    /// Column.
    severity() = "severity", "严重级别";
    /// Column.
    response() = "promised response", "承诺响应时间";

    /// Chapter.
    changes_title() = "What changes for tenants besides traffic", "除流量外对租户的变化";
    /// Column.
    money_before() = "port fee before", "原端口费";
    /// Column.
    spec() = "spec", "规格";
    /// Column.
    payer() = "paid by", "付费方";
    /// Column.
    fee_from() = "from", "起计时间";
    /// Column.
    outbound_price() = "outbound data, a GB", "出方向流量单价（每 GB）";
    /// Column.
    outbound_from() = "billed to the tenant", "向租户计费起点";
    /// Price.
    no_price() = "the scenario has no price", "场景未给出价格";
    /// Price.
    no_fee_before() = "none to the tenant", "租户无需支付";
    /// Not known.
    unknown() = "UNKNOWN", "UNKNOWN（未知）";
    /// From when.
    from_acceptance() = "the tenant's acceptance (ConfirmPhysicalConnection)", "租户接受时（ConfirmPhysicalConnection）";
    /// Column.
    right() = "who may", "权利";
    /// Column.
    before() = "before", "变更前";
    /// Column.
    after() = "afterwards", "变更后";
    /// Column.
    sla_before() = "who answers for the line before", "变更前线路责任方";
    /// Column.
    sla_after() = "who answers for it afterwards", "变更后线路责任方";

    /// Chapter.
    shown_title() = "What was shown, and how often", "预演结果";
    /// How often.
    rehearsed(count: u64) = "Simulations run: {count}, each against the same network without the conversion.", "共运行 {count} 次仿真，每次均与未转换的同一网络对比。";
    /// Column.
    assumed() = "if", "假设";
    /// Column.
    decides() = "decides", "是否作为判据";
    /// Column.
    frames() = "frames", "帧数";
    /// Column.
    frames_lost() = "lost", "丢失";
    /// Column.
    frames_otherwise() = "doubled, late or astray", "重复、乱序或误送";
    /// Column.
    silence() = "longest added silence", "新增最长中断";
    /// Column.
    hurt() = "connections beyond the budget", "超出预算的连接数";
    /// Column.
    interruption() = "kind of interruption", "中断类型";
    /// Column.
    connections_like_it() = "connections like it", "同类连接数";
    /// Column.
    keeps() = "longest that keeps the budget", "满足预算的最长时间";
    /// Column.
    breaks() = "shortest that breaks it", "超出预算的最短时间";
    /// None.
    none_tried() = "none that was tried", "所试均未超出";
    /// Faults.
    faults(tried: usize, kept: usize) = "Faults tried at the steps: {tried}; within the budget: {kept}. The others:", "在各步骤注入的故障：{tried}；在预算内：{kept}。其余如下：";
    /// Column.
    fault() = "fault", "故障";
    /// Column.
    at_step() = "step", "步骤";
    /// Column.
    who_notices() = "who notices", "受影响方";
    /// Column.
    who_answers() = "who answers", "责任方";
    /// The proof.
    proof(verdict: &Text, finding: &str) = "Isolation of tenants, proved for all frames at every state: {verdict}. {finding}", "租户隔离（对每个状态下的所有帧进行证明）：{verdict}。{finding}";
    /// Verdict.
    passes() = "holds", "成立";
    /// Verdict.
    fails() = "does not hold", "不成立";
    /// Verdict.
    is_open() = "not known", "未知";
    /// Yes.
    yes() = "yes", "是";
    /// No.
    no() = "no", "否";

    /// Chapter.
    all_assumptions_title() = "Everything that was assumed", "全部假设";
    /// Above them.
    assumptions_note() = "What the vendor's pages leave open is taken as follows. Another answer may change what is shown above.", "厂商文档未明确之处按下表取值；若实际不同，上述结果可能改变。";
    /// Column.
    policy() = "question", "问题";
    /// Column.
    value() = "taken as", "取值";
    /// Column.
    meaning() = "what it decides", "含义";
    /// Column.
    device() = "device", "设备";
    /// Column.
    profile() = "behaves as", "行为模型";
    /// Policy.
    mean_outbound_from() = "when a tenant's outbound data begins to be billed", "租户出方向流量何时开始计费";
    /// Policy.
    mean_payer() = "who pays for the port where the call names nobody", "调用未指明时由谁支付端口费";
    /// Policy.
    mean_right() = "who may terminate the VBR on a shared port", "谁可终止共享端口上的 VBR";
    /// Policy.
    mean_vlan() = "whether the partner may change a shared port's VLAN", "合作伙伴能否修改共享端口的 VLAN";
    /// Policy.
    mean_convert() = "which spec a bandwidth becomes that is exactly none", "无完全对应规格的带宽如何转换";
    /// Policy.
    mean_converted() = "which spec a connection without a bandwidth of its own gets", "没有自己带宽的连接获得何种规格";
    /// Policy.
    mean_needs() = "whether the first call itself asks for outbound billing", "首个调用是否要求已开通出方向计费";
    /// Policy.
    mean_sum() = "whether the specs on a circuit may exceed it", "物理专线上规格总和能否超过其带宽";
    /// Policy.
    mean_gigabit() = "how many bit/s `1G` is", "`1G` 等于多少 bit/s";
    /// Policy.
    mean_delete() = "who may delete a shared port", "谁可删除共享端口";
    /// Policy.
    mean_attach() = "what the attach does to traffic, where nothing was measured", "未实测时挂载对流量的影响";
    /// Policy.
    mean_retention() = "whether the VLAN of a deleted connection is kept", "删除后 VLAN 是否保留";
}

/// The title of a runbook.
pub fn title(name: &str) -> Text {
    title_of(name)
}

/// The title of a certificate.
pub fn certificate_title() -> Text {
    certificate()
}

/// A blank to fill in.
pub fn blank() -> Text {
    blank_text()
}

/// What a blank is.
pub fn legend() -> Text {
    legend_text()
}

/// What an attach does to traffic, in words.
pub(super) fn effect(effect: AttachEffect) -> Text {
    let kind = match effect.kind {
        AttachKind::None => return effect_none(),
        AttachKind::Outage => kind_outage(),
        AttachKind::Reprogram => kind_reprogram(),
        AttachKind::Rebuild => kind_rebuild(),
    };
    let way = match effect.direction {
        AttachDirection::Both => way_both(),
        AttachDirection::Up => way_up(),
        AttachDirection::Down => way_down(),
    };
    let whose = match effect.scope {
        AttachScope::SubInterface => scope_own(),
        AttachScope::Circuit => scope_circuit(),
        AttachScope::Device => scope_device(),
    };
    effect_interrupts(&kind, &effect.time.to_string(), &way, &whose)
}

pub(super) fn decided(decision: Decision) -> Text {
    match decision {
        Decision::Go => go(),
        Decision::WaveZero => go_wave_zero(),
        Decision::NotYet => not_yet(),
        Decision::NoGo => no_go(),
    }
}

pub(super) fn counts([go, unknown, no_go]: [usize; 3]) -> Text {
    counted(go, unknown, no_go)
}

pub(super) fn usual_roles() -> [Text; 4] {
    [role_lead(), role_stop(), role_tenants(), role_vendor()]
}

pub(super) fn usual_messages() -> [Text; 5] {
    [
        message_before(),
        message_open(),
        message_wave(),
        message_stop(),
        message_end(),
    ]
}

pub(super) fn kept(kept: bool) -> Text {
    if kept { budget_kept() } else { budget_broken() }
}

pub(super) fn containment() -> Vec<Text> {
    vec![contain_stop(), contain_case(), contain_rebuild()]
}

pub(super) fn stands(standing: Standing) -> Text {
    match standing {
        Standing::Caution => to_be_known(),
        Standing::Unknown => unknown(),
        Standing::Go | Standing::NoGo => Text::same(standing.as_str()),
    }
}

pub(super) fn who(who: Who) -> Text {
    match who {
        Who::Partner => partner(),
        Who::Tenant => tenant(),
        Who::Cloud => cloud(),
    }
}

pub(super) fn verdict_of(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Pass => passes(),
        Verdict::Fail => fails(),
        Verdict::Inconc | Verdict::Error | Verdict::NotApplicable | Verdict::NotTestable => is_open(),
    }
}

pub(super) fn yes_no(is: bool) -> Text {
    if is { yes() } else { no() }
}

/// What a policy decides that every conversion rests on.
pub(super) fn meaning_of(policy: &str) -> Option<Text> {
    Some(match policy {
        "outbound_from" => mean_outbound_from(),
        "converted_port_payer" => mean_payer(),
        "vbr_terminate_right_on_shared_port" => mean_right(),
        "vlan_update" => mean_vlan(),
        "convert_spec" => mean_convert(),
        "converted_spec" => mean_converted(),
        "convert_needs_outbound" => mean_needs(),
        "sum_of_specs" => mean_sum(),
        "spec_1g" => mean_gigabit(),
        "port_delete_right" => mean_delete(),
        "attach_effect" => mean_attach(),
        "vlan_retention_on_delete" => mean_retention(),
        _ => return None,
    })
}
