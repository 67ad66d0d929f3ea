//! A client of the law that has no plan: it calls, lets time pass, obeys, and reads by account.

use crate::control::law::{Bursts, CircuitSite, Law, Sites, VbrSite};
use crate::control::{Command, Commands};
use crate::ident::{AccountId, NodeId, PortNo, TenantId};
use crate::node::{Change, SwitchChange, VbrChange};
use crate::provision::money::{BillRow, Prices};
use crate::provision::{
    AccessDevice, AccessPoint, Account, Call, ConfirmPhysicalConnection, CreateVirtualBorderRouter,
    CreateVirtualPhysicalConnection, Defaults, Feature, Lead, LeadTimes, OpenPhysicalConnectionService, Operation,
    OrderMode, PcId, Policies, Premises, PresetCircuit, Range, Reply, ResourceId, Role, Spec, State,
    TerminateVirtualBorderRouter,
};
use crate::record::Gates;
use crate::units::{BitRate, SimDuration, SimTime};

const TELECOM: AccountId = AccountId(0);
const ACME: AccountId = AccountId(1);
const GLOBEX: AccountId = AccountId(2);
const DEVICE: NodeId = NodeId(0);
const VBR: NodeId = NodeId(1);
const LEAD: SimDuration = SimDuration::from_secs(60);

/// The law over one circuit with a place for a VBR of each of two tenants.
pub(super) fn law() -> (Law<Defaults>, PcId) {
    law_over(sites())
}

pub(super) fn law_over(sites: Sites) -> (Law<Defaults>, PcId) {
    let mut leads = LeadTimes::default();
    leads.set(Lead::PortEnable, Range::exactly(LEAD));
    let mut premises = Premises::new(Policies::default(), leads);
    for (uid, role) in [(99, Role::Partner), (1, Role::Tenant), (2, Role::Tenant)] {
        let account = Account {
            uid,
            role,
            ..Account::default()
        };
        premises.add_account(account).expect("uids are distinct");
    }
    let point = AccessPoint {
        id: "ap".to_owned(),
        shared_ports: true,
        devices: vec![AccessDevice {
            name: "dev".to_owned(),
            features: Feature::ALL.to_vec(),
        }],
    };
    premises.add_access_point(point).expect("there is one");
    let mut state = State::new(premises);
    let preset = PresetCircuit {
        owner: TELECOM,
        access_point: "ap".to_owned(),
        device: String::new(),
        bandwidth_mbps: 10_000,
        qos_policy: false,
    };
    let circuit = state.preset_circuit(&preset).expect("the partner and the point exist");
    let mut law = Law::new(state, sites, Defaults);
    law.place_circuit(circuit, 0);
    (law, circuit)
}

pub(super) fn sites() -> Sites {
    let vbr = |i: u32| VbrSite {
        node: NodeId(VBR.0 + i),
        tenant: TenantId(i),
        circuit: 0,
        device_port: PortNo(1 + i),
        vpc: None,
        cloud: Box::default(),
    };
    Sites {
        circuits: vec![CircuitSite {
            name: "line".to_owned(),
            device: DEVICE,
            device_port: PortNo(0),
            subif_rate_limit: true,
            subif_octets: None,
        }],
        vbrs: vec![vbr(0), vbr(1)],
        policed: Vec::new(),
        tenants: [(ACME, TenantId(0)), (GLOBEX, TenantId(1))].into(),
        gates: Gates::of([(0, 101), (0, 102)]),
        bursts: Bursts::default(),
    }
}

fn ok(law: &mut Law<Defaults>, by: AccountId, op: impl Into<Operation>) -> Reply {
    law.call(by, &Call::from(op.into())).expect("the law allows it")
}

/// Everything that the boxes have to do now.
pub(super) fn lowered(law: &mut Law<Defaults>) -> Vec<Command> {
    let mut commands = Commands::default();
    law.lower(&mut commands);
    commands.into_iter().collect()
}

fn order(circuit: PcId, tenant: AccountId, vlan: i64) -> CreateVirtualPhysicalConnection {
    CreateVirtualPhysicalConnection {
        physical_connection_id: circuit.into(),
        vpconn_ali_uid: tenant.into(),
        vlan_id: vlan,
        spec: "50M".into(),
        order_mode: OrderMode::PayByVirtualPhysicalConnectionOwner,
        ..Default::default()
    }
}

/// Sells ACME a port with VLAN 101, which it accepts.
pub(super) fn sold(law: &mut Law<Defaults>, circuit: PcId) -> ResourceId {
    let port = ok(law, TELECOM, order(circuit, ACME, 101)).created.expect("a port");
    ok(law, ACME, OpenPhysicalConnectionService {});
    let accept = ConfirmPhysicalConnection {
        physical_connection_id: port,
    };
    ok(law, ACME, accept);
    port
}

/// Lets everything come about that is under way.
fn settle(law: &mut Law<Defaults>) {
    while let Some(next) = law.next() {
        law.advance(next);
    }
}

/// The service of ACME with its VBR at the first place.
pub(super) fn served(law: &mut Law<Defaults>, circuit: PcId) -> ResourceId {
    let port = sold(law, circuit);
    settle(law);
    let vbr = CreateVirtualBorderRouter {
        physical_connection_id: port,
        local_gateway_ip: Some("10.0.0.1".into()),
        peer_gateway_ip: Some("10.0.0.2".into()),
        peering_subnet_mask: Some("255.255.255.252".into()),
        ..Default::default()
    };
    let vbr = ok(law, ACME, vbr).created.expect("a VBR");
    law.place_vbr(vbr.vbr().expect("it is one"), 0);
    vbr
}

#[test]
fn an_outcome_comes_about_when_the_client_lets_its_time_pass_and_not_before() {
    let (mut law, circuit) = law();
    let port = sold(&mut law, circuit).connection().expect("a port");
    let due = SimTime::ZERO.saturating_add(LEAD);
    assert_eq!(law.next(), Some(due));
    law.advance(SimTime::from_secs(59));
    assert!(!law.state().port(port).expect("it exists").is_open());
    law.advance(due);
    assert!(law.state().port(port).expect("it exists").is_open());
    assert_eq!(law.next(), None);
}

#[test]
fn boxes_open_when_a_vbr_is_placed_and_close_when_it_is_terminated() {
    let (mut law, circuit) = law();
    let vbr = served(&mut law, circuit);
    let opened = lowered(&mut law);
    let service = opened.iter().find_map(|command| match command {
        Command::Node(DEVICE, Change::Switch(SwitchChange::Set(_, service))) => Some(service),
        _ => None,
    });
    let service = service.expect("the access device has an entry of it");
    let members = service.members.iter().map(|m| (m.port, m.vid.map(|vid| vid.get())));
    assert_eq!(members.collect::<Vec<_>>(), [(PortNo(0), Some(101)), (PortNo(1), None)]);
    let rate = service.members.iter().find_map(|m| m.police.map(|p| p.rate));
    assert_eq!(rate, Some(BitRate::from_mbps(50)));
    assert!(opened.contains(&Command::Node(VBR, Change::Vbr(VbrChange::Active(true)))));
    assert!(opened.contains(&Command::Gate(0, true)));
    assert_eq!(lowered(&mut law), [], "what was ordered is not ordered again");

    let terminate = TerminateVirtualBorderRouter {
        vbr_id: vbr.vbr().expect("it is one").into(),
    };
    ok(&mut law, ACME, terminate);
    settle(&mut law);
    let closed = lowered(&mut law);
    let removed = |command: &Command| matches!(command, Command::Node(DEVICE, Change::Switch(SwitchChange::Remove(_))));
    assert!(closed.iter().any(removed), "{closed:?}");
    assert!(closed.contains(&Command::Node(VBR, Change::Vbr(VbrChange::Active(false)))));
    assert!(closed.contains(&Command::Gate(0, false)));
}

#[test]
fn a_refused_call_orders_nothing_and_shows_nothing() {
    let (mut law, circuit) = law();
    let vbr = served(&mut law, circuit);
    lowered(&mut law);
    let shown = law.facts().len();
    let terminate = TerminateVirtualBorderRouter {
        vbr_id: vbr.vbr().expect("it is one").into(),
    };
    let call = Call::from(Operation::from(terminate));
    assert!(law.call(GLOBEX, &call).is_err(), "it is another tenant's");
    assert_eq!(lowered(&mut law), []);
    assert_eq!(law.facts().len(), shown);
    assert_eq!(law.next(), None);
}

#[test]
fn an_account_reads_its_own_resources_and_owes_its_own_fees_alone() {
    let (mut law, circuit) = law();
    served(&mut law, circuit);
    ok(&mut law, TELECOM, order(circuit, GLOBEX, 102));
    law.advance(SimTime::from_secs(3_600));

    let of = |account| law.holdings(account);
    let counts = |account| {
        let of = of(account);
        let (circuits, ports, sold) = (of.circuits().count(), of.ports().count(), of.sold().count());
        (circuits, ports, sold, of.vbrs().count())
    };
    assert_eq!(counts(TELECOM), (1, 0, 2, 0));
    assert_eq!(counts(ACME), (0, 1, 0, 1));
    assert_eq!(counts(GLOBEX), (0, 1, 0, 0));
    let vlans = |account| of(account).services().map(|s| (s.vlan, s.open)).collect::<Vec<_>>();
    assert_eq!(vlans(ACME), [(101, true)]);
    assert_eq!(vlans(GLOBEX), [(102, false)]);
    assert_eq!(vlans(TELECOM), []);

    let prices = Prices {
        port_month: [(Spec::parse("50M").expect("a spec"), 1_000_000)].into(),
        ..Prices::default()
    };
    let fees = |account| {
        let lines = of(account).invoice(law.now(), &prices);
        assert!(lines.iter().all(|line| line.account == account));
        lines.iter().filter(|line| line.row == BillRow::PortUsage).count()
    };
    assert_eq!((fees(TELECOM), fees(ACME), fees(GLOBEX)), (0, 1, 0));
}

#[test]
#[should_panic(expected = "time never goes back")]
fn time_does_not_go_back() {
    let (mut law, _) = law();
    law.advance(SimTime::from_secs(2));
    law.advance(SimTime::from_secs(1));
}

#[test]
#[should_panic(expected = "a VBR is placed where one can run")]
fn a_vbr_is_not_placed_where_there_is_no_room() {
    let (mut law, circuit) = law();
    let vbr = served(&mut law, circuit).vbr().expect("it is one");
    law.place_vbr(vbr, 2);
}
