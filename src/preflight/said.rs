//! Why something stands as it does: every sentence of the pre-flight, in every language.

use super::language::texts;

texts! {
    /// It is as it has to be.
    holds() = "as it has to be", "符合要求";
    /// No source shows it.
    not_shown() = "no source shows it", "没有任何资料显示";
    /// Sources contradict each other.
    disagree(what: &str) = "sources contradict each other: {what}", "资料相互矛盾：{what}";
    /// The dry run passed.
    dry_run_passed() = "the dry run of CreateVpconnFromVbr passed", "CreateVpconnFromVbr 试运行通过";
    /// The dry run was refused.
    dry_run_refused(code: &str) = "the dry run of CreateVpconnFromVbr was refused with {code}", "CreateVpconnFromVbr 试运行被拒绝：{code}";
    /// A call is refused in the scenario.
    refused(call: &str, code: &str) = "{call} is refused with {code}", "{call} 被拒绝：{code}";
    /// A call is never made in the scenario.
    never_called(call: &str) = "{call} is never called, since a step before it is refused", "{call} 不会被调用，因为之前的步骤被拒绝";
    /// The account is not the main one.
    account_kind(kind: &str) = "the account is of kind {kind}; only a main account gets a shared port", "账号类型为 {kind}；只有主账号可以获得共享端口";
    /// It is registered elsewhere.
    other_site(tenant: &str, partner: &str) = "the tenant is registered at site {tenant}, the partner at {partner}", "租户在站点 {tenant} 注册，合作伙伴在站点 {partner} 注册";
    /// The partner's own site is not shown.
    partner_site(tenant: &str) = "the tenant is registered at site {tenant}; no source shows the partner's", "租户在站点 {tenant} 注册；没有资料显示合作伙伴的站点";
    /// The account is a partner's.
    is_a_partner() = "the account is a partner's", "该账号是合作伙伴账号";
    /// Billing is off.
    billing_off() = "outbound data transfer billing is off: the tenant cannot accept", "出方向流量计费未开通：租户无法接受共享端口";
    /// Billing is the tenant's own to read.
    billing_unseen() = "the partner cannot see it: GetPhysicalConnectionServiceStatus reads the caller's account alone; a dry run would tell", "合作伙伴无法查看：GetPhysicalConnectionServiceStatus 只能读取调用者自己的账号；试运行可以判断";
    /// No permission.
    no_permission() = "the partner has no permission to sell shared ports", "合作伙伴没有售卖共享端口的权限";
    /// The quota does not suffice.
    quota(nth: u64, left: u64) = "this is shared port {nth} of this plan on the circuit, and {left} may still be made", "这是本方案在该物理专线上的第 {nth} 个共享端口，而剩余配额为 {left}";
    /// The circuit is not up.
    circuit_not_enabled() = "the circuit is not Enabled", "物理专线状态不是 Enabled";
    /// The circuit is locked.
    circuit_locked() = "the circuit's business status is not Normal", "物理专线业务状态不是 Normal";
    /// It ends too soon.
    expires(when: &str, over: &str) = "it expires at {when}, and the window is over at {over}", "到期时间为 {when}，窗口结束时间为 {over}";
    /// When it ends is known, and when the window is is not.
    window_undated(when: &str) = "it expires at {when}; `board: opens` does not say when the window is", "到期时间为 {when}；`board: opens` 未说明窗口时间";
    /// An order waits.
    order_waits() = "an order of the circuit is not paid or not in force yet", "物理专线有未支付或未生效的订单";
    /// A policy is bound.
    has_qos() = "a QoS policy is bound to the circuit", "物理专线绑定了 QoS 策略";
    /// The device cannot.
    no_mpbgp() = "the access device does not support MPBGP", "接入设备不支持 MPBGP";
    /// The access point forbids it.
    no_shared_ports() = "the access point allows no shared ports", "接入点不允许共享端口";
    /// A drill runs.
    drill() = "a failover drill runs on the circuit in the window", "窗口内物理专线上有故障切换演练";
    /// The VBR's state.
    vbr_state(state: &str) = "the VBR is {state}", "VBR 状态为 {state}";
    /// There is no VBR.
    no_vbr() = "there is no such VBR when the conversion begins", "转换开始时该 VBR 不存在";
    /// Two circuits.
    second_circuit() = "the VBR is on a second circuit as well", "该 VBR 同时位于第二条物理专线";
    /// A task runs.
    something_pending() = "something of the VBR is still coming about", "VBR 有进行中的任务";
    /// Untagged, among others.
    vlan_zero_shared() = "the VBR is untagged (VLAN 0), and others are on the circuit", "该 VBR 无标签（VLAN 0），而物理专线上还有其他服务";
    /// Untagged and alone.
    vlan_zero() = "the VBR is untagged (VLAN 0); no page says whether such a VBR is converted, and a dry run would tell", "该 VBR 无标签（VLAN 0）；没有文档说明能否转换，试运行可以判断";
    /// The VLAN is used.
    vlan_taken(vlan: u16) = "VLAN {vlan} is taken on the circuit, or still kept for one of the last seven days", "物理专线上的 VLAN {vlan} 已被占用，或仍在七天保留期内";
    /// The bandwidth gives this spec.
    becomes(has: &str, spec: &str) = "the VBR has {has}; its port gets {spec}", "VBR 带宽为 {has}；共享端口规格为 {spec}";
    /// No bandwidth of its own.
    no_bandwidth() = "the VBR has no bandwidth of its own, and nobody has said which spec its port gets: the policy `converted_spec`, or a converted pilot, says so", "VBR 没有自己的带宽，且未说明共享端口的规格：请设置策略 `converted_spec` 或提供已转换的试点";
    /// A bandwidth without spec.
    no_spec(has: &str) = "no spec is exactly {has}, and nobody has said what it becomes: the policy `convert_spec`, or a converted pilot, says so", "没有与 {has} 完全对应的规格，且未说明转换规则：请设置策略 `convert_spec` 或提供已转换的试点";
    /// Not without permission.
    large(spec: &str) = "{spec} is sold by permission of the account manager alone", "{spec} 需要客户经理授权";
    /// The peak is above the spec.
    below_peak(spec: &str, peak: &str) = "the peak is {peak}, and the port has {spec}", "流量峰值为 {peak}，而端口规格为 {spec}";
    /// The peak fits, as far as such an average can tell.
    peak_averaged(peak: &str, over: &str, headroom: u64) = "the peak of {peak} fits, with {headroom} % left, but is an average over {over}; what is above it within that span no average shows", "峰值 {peak} 未超过规格（余量 {headroom} %），但它是 {over} 的平均值；区间内的更高流量无法从平均值看出";
    /// The peak fits, and nobody says over which span it is an average.
    peak_undated(peak: &str, headroom: u64) = "the peak of {peak} fits, with {headroom} % left; no source shows over which span it is an average", "峰值 {peak} 未超过规格（余量 {headroom} %）；没有资料显示其平均区间";
    /// The peak fits.
    covers(peak: &str, headroom: u64) = "the peak of {peak} fits, with {headroom} % left", "峰值 {peak} 未超过规格（余量 {headroom} %）";
    /// The spec is not known.
    no_spec_yet() = "the port's spec is not known", "共享端口规格未知";
    /// The first who finds no room.
    first_refused(asked: u32, left: u32, all: u32) = "the first to be refused: {asked} Mbit/s asked, {left} of {all} left on the circuit", "最先被拒绝者：需要 {asked} Mbit/s，物理专线 {all} Mbit/s 中仅剩 {left}";
    /// Another who finds no room.
    no_room(asked: u32, left: u32, all: u32) = "{asked} Mbit/s asked, {left} of {all} left on the circuit", "需要 {asked} Mbit/s，物理专线 {all} Mbit/s 中仅剩 {left}";
    /// Nobody says how much the circuit has.
    circuit_unsized() = "the specs add up, but no source shows how much may be sold on the circuit", "规格总和可满足，但没有资料显示物理专线的可售带宽";
    /// The specs add up.
    room(left: u32) = "{left} Mbit/s are left after this port", "分配后物理专线还剩 {left} Mbit/s";
    /// A larger MTU.
    mtu(octets: u64) = "the MTU is {octets}; no page says that the conversion keeps it", "MTU 为 {octets}；没有文档说明转换会保留该值";
    /// An ECR.
    ecr() = "the VBR belongs to an ECR; no page says that the conversion keeps it there", "VBR 属于 ECR；没有文档说明转换会保留该关系";
    /// IPv6.
    ipv6() = "the VBR has IPv6; no page says that the conversion keeps it", "VBR 启用了 IPv6；没有文档说明转换会保留";
    /// A failover group.
    failover_group() = "the VBR is in a failover group; no page says that the conversion keeps it there, nor that it does not switch", "VBR 在故障切换组中；没有文档说明转换会保留该关系或不会触发切换";
    /// No check, or one that switches nothing.
    check_quiet() = "there is none, or it switches no routes", "没有健康检查，或健康检查不切换路由";
    /// It may switch.
    check_switches(after: &str, gap: &str) = "it switches routes after {after}, and the attach was measured to interrupt for {gap}", "健康检查在 {after} 后切换路由，而实测挂载中断为 {gap}";
    /// It does not, by what was measured.
    check_waits(after: &str, gap: &str) = "it switches routes after {after}; the attach was measured to interrupt for {gap}", "健康检查在 {after} 后才切换路由；实测挂载中断为 {gap}";
    /// Nobody knows.
    check_unmeasured(after: &str) = "it switches routes after {after}, and how long the attach interrupts has not been measured", "健康检查在 {after} 后切换路由，而挂载的中断时间尚未实测";
    /// A limit starves it.
    icmp_starves(switch: &str, limit: u64) = "switch {switch} lets {limit} ICMP frames a second through; the cloud asks for more than 500", "交换机 {switch} 每秒只放行 {limit} 个 ICMP 帧；云侧要求大于 500";
    /// Address resolution takes too long.
    arp_starves(switch: &str, tenants: u64, limit: u64) = "{tenants} tenants of a wave share {limit} ARP frames a second at switch {switch}: if the attach changes the VBR's MAC address, the last of them is resolved after the health check has switched", "同一批次的 {tenants} 个租户在交换机 {switch} 上共享每秒 {limit} 个 ARP 帧：若挂载改变 VBR 的 MAC 地址，最后一个租户解析完成前健康检查已切换";
    /// No way back for probes.
    no_return_route() = "the data centre has no route back for the probes", "数据中心缺少探测报文的回程路由";
    /// Limits are not shown.
    limits_unshown() = "no source shows the limits on the way and the route back for the probes", "没有资料显示沿途限速和探测报文的回程路由";
    /// One way alone.
    one_way(way: &str) = "one way only: by counters frames pass {way}", "单向：计数器显示仅 {way} 方向有帧通过";
    /// Nothing passes.
    nothing_passes() = "no frame passes before the window, so nobody could see harm", "窗口前没有任何帧通过，因此无法判断是否受影响";
    /// One line alone.
    only_way() = "one way only: an interruption of this VBR reaches the tenant in full", "仅有一条链路：该 VBR 的中断会完全影响租户";
    /// Nobody shows a second line.
    other_way_unshown() = "no source shows another way to the cloud", "没有资料显示备用链路";
}
