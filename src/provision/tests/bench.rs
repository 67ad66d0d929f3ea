//! A small world to try the law on.

use crate::ident::AccountId;
use crate::provision::*;
use crate::units::SimDuration;

pub const P: AccountId = AccountId(0);
pub const T1: AccountId = AccountId(1);
pub const T2: AccountId = AccountId(2);
pub const Q: AccountId = AccountId(3);
pub const SYS: AccountId = AccountId(4);
pub const RAM: AccountId = AccountId(5);
pub const INTL: AccountId = AccountId(6);

pub fn days(n: u64) -> SimDuration {
    SimDuration::from_secs(n * 86_400)
}

pub fn secs(n: u64) -> SimDuration {
    SimDuration::from_secs(n)
}

pub fn premises() -> Premises {
    let mut w = Premises::new(Policies::default(), LeadTimes::default());
    let account = |uid, role, kind, site| Account {
        uid,
        role,
        kind,
        site,
        ..Account::default()
    };
    let partner = |uid| Account {
        large_specs: uid == 1001,
        ..account(uid, Role::Partner, AccountKind::Main, Site::Cn)
    };
    let tenant = |uid| account(uid, Role::Tenant, AccountKind::Main, Site::Cn);
    for a in [
        partner(1001),
        tenant(2001),
        tenant(2002),
        partner(1002),
        account(1, Role::System, AccountKind::Main, Site::Cn),
        account(2003, Role::Tenant, AccountKind::Ram, Site::Cn),
        account(2004, Role::Tenant, AccountKind::Main, Site::Intl),
    ] {
        w.add_account(a).unwrap();
    }
    let device = |name: &str, features: &[Feature]| AccessDevice {
        name: name.into(),
        features: features.to_vec(),
    };
    w.add_access_point(AccessPoint {
        id: "ap-bj-a".into(),
        shared_ports: true,
        devices: vec![device("new", &Feature::ALL), device("old", &[Feature::Bfd])],
    })
    .unwrap();
    w.add_access_point(AccessPoint {
        id: "ap-bj-b".into(),
        shared_ports: false,
        devices: vec![device("d", &Feature::ALL)],
    })
    .unwrap();
    w
}

/// A state, its partner's 10G circuit, and calls in one line.
pub struct Bench {
    pub s: State,
    pub circuit: PcId,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Premises)) -> Self {
        let mut w = premises();
        change(&mut w);
        let mut s = State::new(w);
        let preset = PresetCircuit {
            owner: P,
            access_point: "ap-bj-a".into(),
            device: String::new(),
            bandwidth_mbps: 10_000,
            qos_policy: false,
        };
        let circuit = s.preset_circuit(&preset).unwrap();
        Self { s, circuit }
    }

    pub fn policy(name: &str, value: &str) -> Self {
        Self::with(|w| w.policies.set(name, value).unwrap())
    }

    pub fn call(&mut self, by: AccountId, op: impl Into<Operation>) -> Result<Reply, ApiError> {
        let before = self.s.clone();
        let op = op.into();
        let name = op.name();
        let result = self.s.call(by, &Call::from(op), &mut Defaults);
        if let Err(error) = &result {
            assert_eq!(before, self.s, "a refused call changed the state");
            is_explained(name, error);
        }
        let wrong = self.s.violations();
        assert!(wrong.is_empty(), "{wrong:?}");
        result
    }

    pub fn ok(&mut self, by: AccountId, op: impl Into<Operation>) -> Reply {
        let op = op.into();
        let shown = format!("{op:?}");
        self.call(by, op).unwrap_or_else(|e| panic!("{shown}: {e}"))
    }

    pub fn made(&mut self, by: AccountId, op: impl Into<Operation>) -> ResourceId {
        self.ok(by, op).created.expect("something was made")
    }

    #[track_caller]
    pub fn refused(&mut self, by: AccountId, op: impl Into<Operation>, code: &str) {
        let error = self.call(by, op).expect_err("should be refused");
        assert_eq!(error.code, code, "{error}");
    }

    pub fn sell(&self, tenant: AccountId, vlan: i64, spec: &str) -> CreateVirtualPhysicalConnection {
        CreateVirtualPhysicalConnection {
            physical_connection_id: self.circuit.into(),
            vpconn_ali_uid: tenant.into(),
            vlan_id: vlan,
            spec: spec.into(),
            order_mode: OrderMode::PayByVirtualPhysicalConnectionOwner,
            ..Default::default()
        }
    }

    /// A shared port, accepted.
    pub fn port(&mut self, tenant: AccountId, vlan: i64, spec: &str) -> PcId {
        let port = self.made(P, self.sell(tenant, vlan, spec));
        self.ok(tenant, OpenPhysicalConnectionService {});
        self.ok(
            tenant,
            ConfirmPhysicalConnection {
                physical_connection_id: port,
            },
        );
        port.connection().unwrap()
    }

    /// A VBR on it.
    pub fn vbr(&mut self, by: AccountId, port: PcId) -> VbrId {
        self.made(by, vbr_on(port)).vbr().unwrap()
    }

    /// A legacy VBR of the partner's circuit in a tenant's account, confirmed.
    pub fn legacy(&mut self, tenant: AccountId, vlan: i64, mbps: i64) -> VbrId {
        let id = self.made(P, legacy_on(self.circuit, tenant, vlan, mbps));
        self.ok(tenant, ConfirmVirtualBorderRouter { vbr_id: id });
        id.vbr().unwrap()
    }

    pub fn key(&self, vlan: u16) -> ServiceKey {
        ServiceKey {
            circuit: self.circuit,
            vlan,
        }
    }

    pub fn open(&self, vlan: u16) -> bool {
        self.s.service(&self.key(vlan)).is_some_and(|v| v.open)
    }
}

/// The code's entry names the operation that answered it.
pub fn is_explained(operation: &str, error: &ApiError) {
    let code = codes::Code::find(error.code).expect("every code is explained");
    let named = code.operations.iter().any(|op| *op == "*" || *op == operation);
    assert!(
        named,
        "{} is answered by {operation}, which its entry does not name",
        error.code
    );
    assert_eq!(error.simulator_code, code.is_simulator());
}

pub fn vbr_on(port: PcId) -> CreateVirtualBorderRouter {
    CreateVirtualBorderRouter {
        physical_connection_id: port.into(),
        local_gateway_ip: Some("10.0.0.1".into()),
        peer_gateway_ip: Some("10.0.0.2".into()),
        peering_subnet_mask: Some("255.255.255.252".into()),
        ..Default::default()
    }
}

pub fn legacy_on(circuit: PcId, tenant: AccountId, vlan: i64, mbps: i64) -> CreateVirtualBorderRouter {
    CreateVirtualBorderRouter {
        physical_connection_id: circuit.into(),
        vlan_id: Some(vlan),
        vbr_owner_id: Some(tenant.into()),
        bandwidth: Some(mbps),
        ..Default::default()
    }
}
