//! Saved answers of the API as evidence: what each shows of a VBR of the cutover, and of its circuit.

use std::sync::Arc;

use super::evidence::Evidence;
use crate::inventory::{
    Answer, Call, Fact, Field, Inventory, Kind, List, Outcome, Part, Place, Resource, Service, Shown, Value, Whole,
    reconcile, services,
};
use crate::scenario::file::{HealthWord, KindWord, KnownCircuitItem, KnownItem, VbrWord};
use crate::scenario::plan::UnknownWord;
use crate::scenario::{At, Cutover, Moment, Plan, Scalar, Span, Unit};

/// What was read, with where it was read for its source.
fn at<T>(value: T) -> At<T> {
    At::new(value, Span::default())
}

fn vbr(source: impl Into<String>) -> KnownItem {
    KnownItem {
        source: at(source.into()),
        tenants: Vec::new(),
        account: None::<At<KindWord>>,
        site: None,
        outbound_billing: None,
        dry_run: None,
        vbr: None,
        second_circuit: None,
        pending: None,
        expires: None,
        vlan_taken: None,
        pilot_spec: None,
        peak: None,
        peak_over: None,
        mtu: None,
        ecr: None,
        ipv6: None,
        failover_group: None,
        health_check: None::<At<HealthWord>>,
        health_interval: None,
        health_threshold: None,
        other_way: None,
        passes: None,
    }
}

fn circuit(source: impl Into<String>) -> KnownCircuitItem {
    KnownCircuitItem {
        source: at(source.into()),
        circuits: Vec::new(),
        enabled: None,
        normal: None,
        expires: None,
        pending_order: None,
        qos_policy: None,
        mpbgp: None,
        shared_ports: None,
        may_sell: None,
        large_specs: None,
        ports_left: None,
        drill: None,
    }
}

/// Adds what saved answers show of a cutover's VBRs and circuits. A VBR is found by its circuit, VLAN and account; what
/// could be two is none, and a field that answers contradict each other in is shown by none.
pub fn add_answers(evidence: &mut Evidence, plan: &Plan, cutover: &Cutover, inventory: &Inventory) {
    let shown = services(inventory);
    let units: Vec<Service> = cutover.units.iter().map(|unit| service(plan, unit)).collect();
    let pairs = reconcile::pairs(&units, &shown);
    for (unit, found) in pairs {
        let (Some(unit), Some(found)) = (cutover.units.get(unit), shown.get(found)) else {
            continue;
        };
        let Some(id) = found.text(Fact::Vbr) else { continue };
        let uid = |name: &str| {
            let account = plan.accounts.iter().find(|account| account.name == name)?;
            Some(account.uid)
        };
        let case = Case {
            inventory,
            unit,
            id,
            tenant: uid(&unit.tenant),
            partner: uid(&unit.partner),
        };
        case.add(evidence);
    }
}

/// What the scenario knows of a VBR: enough to find it among answers.
fn service(plan: &Plan, unit: &Unit) -> Service {
    let place = Place {
        file: Arc::from("the scenario"),
        part: Part::Whole,
    };
    let mut service = Service::new(place.clone());
    let tenant = plan.tenants.iter().position(|tenant| tenant.name == unit.tenant);
    let unknown = |word: UnknownWord| {
        let mut all = plan.unknown.iter();
        all.any(|(of, known)| Some(of.index()) == tenant && *known == word)
    };
    let mut show = |fact: Fact, value: Value| {
        let place = place.clone();
        service.show(fact, Shown { value, place });
    };
    show(Fact::Tenant, Value::Text(unit.tenant.clone()));
    let account = plan.accounts.iter().find(|account| account.name == unit.tenant);
    if let Some(account) = account.filter(|_| !unknown(UnknownWord::Account)) {
        show(Fact::Account, Value::Number(account.uid));
    }
    if !unknown(UnknownWord::Circuit) {
        show(Fact::Circuit, Value::Text(unit.circuit.clone()));
    }
    if !unknown(UnknownWord::VlanId) {
        show(Fact::VlanId, Value::Number(u64::from(unit.vlan)));
    }
    service
}

/// One VBR among the answers.
struct Case<'a> {
    inventory: &'a Inventory,
    unit: &'a Unit,
    /// The VBR's id.
    id: &'a str,
    tenant: Option<u64>,
    partner: Option<u64>,
}

impl Case<'_> {
    fn add(&self, evidence: &mut Evidence) {
        let mut tell = |item: KnownItem| evidence.add(&self.unit.vbr, item);
        if let Some(found) = self.inventory.get(Kind::Vbr, self.id) {
            self.state(found, &mut tell);
            self.features(found, &mut tell);
        }
        self.billing(&mut tell);
        self.dry_runs(&mut tell);
        let of = self.inventory.get(Kind::Vbr, self.id);
        let Some(circuit_id) = of.and_then(|vbr| vbr.text(Field::ConnectionId).or(vbr.text(Field::AskedOfCircuit)))
        else {
            return;
        };
        if let Some(taken) = self.taken(circuit_id) {
            let mut item = vbr(format!("saved lists of what is on {circuit_id}"));
            item.vlan_taken = Some(at(taken));
            tell(item);
        }
        if let Some(found) = self.inventory.get(Kind::Circuit, circuit_id) {
            for item in circuit_items(found) {
                evidence.add_circuit(&self.unit.circuit, item);
            }
        }
        if let Some(item) = self.drill(circuit_id) {
            evidence.add_circuit(&self.unit.circuit, item);
        }
    }

    fn state(&self, found: &Resource, tell: &mut impl FnMut(KnownItem)) {
        if let Some(shown) = found.known(Field::Status).one()
            && let Value::Text(word) = &shown.value
            && let Ok(word) = VbrWord::read(word)
        {
            let mut item = vbr(shown.place.to_string());
            item.vbr = Some(at(word));
            tell(item);
        }
        if let Some((when, source)) = moment(found, Field::EndTime) {
            let mut item = vbr(source);
            item.expires = Some(at(when));
            tell(item);
        }
        if let Some(shown) = found.known(Field::MoreConnections).one()
            && let Value::List(all) = &shown.value
        {
            let mut item = vbr(shown.place.to_string());
            item.second_circuit = Some(at(!all.is_empty()));
            tell(item);
        }
    }

    fn features(&self, found: &Resource, tell: &mut impl FnMut(KnownItem)) {
        if let Some(shown) = found.known(Field::Mtu).one()
            && let Value::Number(octets) = shown.value
        {
            let mut item = vbr(shown.place.to_string());
            item.mtu = Some(at(octets));
            tell(item);
        }
        if let Some(shown) = found.known(Field::EnableIpv6).one()
            && let Value::Flag(has) = shown.value
        {
            let mut item = vbr(shown.place.to_string());
            item.ipv6 = Some(at(has));
            tell(item);
        }
        if let Some(shown) = found.known(Field::EcrId).one()
            && let Value::Text(ecr) = &shown.value
        {
            let mut item = vbr(shown.place.to_string());
            item.ecr = Some(at(!ecr.is_empty()));
            tell(item);
        }
    }

    /// GetPhysicalConnectionServiceStatus reads the caller alone: only the tenant's own answer shows anything.
    fn billing(&self, tell: &mut impl FnMut(KnownItem)) {
        let answers = self.inventory.answers_of(Call::GetPhysicalConnectionServiceStatus);
        for answer in answers.filter(|answer| answer.caller.is_some() && answer.caller == self.tenant) {
            if let Some(on) = answer.enabled {
                let mut item = vbr(place(answer));
                item.outbound_billing = Some(at(on));
                tell(item);
            }
        }
    }

    /// A dry run by the partner for this very VBR. One that is no dry run shows nothing here: it has done it.
    fn dry_runs(&self, tell: &mut impl FnMut(KnownItem)) {
        let answers = self.inventory.answers_of(Call::CreateVpconnFromVbr);
        let own = answers.filter(|answer| {
            let asked = answer.request.get("VbrId").is_some_and(|id| id == self.id);
            asked && (answer.caller.is_none() || answer.caller == self.partner)
        });
        for answer in own {
            let dry = answer
                .request
                .get("DryRun")
                .is_some_and(|dry| dry.eq_ignore_ascii_case("true"));
            let code = match &answer.outcome {
                Outcome::Answered if dry => "DRYRUN.SUCCESS",
                Outcome::Answered => continue,
                Outcome::Code { code, .. } => code,
            };
            let mut item = vbr(place(answer));
            item.dry_run = Some(at(code.to_owned()));
            tell(item);
        }
    }

    /// Is the VLAN used by somebody else on the circuit? Only whole lists of both ports and VBRs show that it is not.
    fn taken(&self, circuit: &str) -> Option<bool> {
        let on = |resource: &&Resource, place: Field| {
            resource.text(place) == Some(circuit) && resource.number(Field::VlanId) == Some(u64::from(self.unit.vlan))
        };
        let ports = self.inventory.of(Kind::SharedPort);
        let mut ports = ports.filter(|port| on(port, Field::ParentId));
        let strange = ports.any(|port| {
            port.number(Field::OwnerUid)
                .is_none_or(|owner| Some(owner) != self.tenant)
        });
        let vbrs = self.inventory.of(Kind::Vbr);
        let mut others = vbrs.filter(|vbr| vbr.id != self.id);
        let second = others.any(|vbr| on(&vbr, Field::ConnectionId) || on(&vbr, Field::AskedOfCircuit));
        if strange || second {
            return Some(true);
        }
        // A port of the tenant's own may be the one that was made from this VBR.
        let own = self
            .inventory
            .of(Kind::SharedPort)
            .any(|port| on(&port, Field::ParentId));
        let whole = |call: Call, asks: fn(&List, &str) -> bool| {
            let mut lists = self.inventory.lists_of(call);
            lists.any(|list| {
                list.whole == Whole::Yes && list.caller.is_none_or(|by| Some(by) == self.partner) && asks(list, circuit)
            })
        };
        let of_circuit = |list: &List, circuit: &str| {
            let id = list.filters.get("PhysicalConnectionId");
            id.is_some_and(|id| id == circuit) && list.filters.len() == 1
        };
        let all_or_of_circuit = |list: &List, circuit: &str| {
            let id = list.filters.get("PhysicalConnectionId");
            list.filters.is_empty() || (id.is_some_and(|id| id == circuit) && list.filters.len() == 1)
        };
        let shown = whole(Call::ListVirtualPhysicalConnections, all_or_of_circuit)
            && whole(Call::DescribeVirtualBorderRoutersForPhysicalConnection, of_circuit);
        (shown && !own).then_some(false)
    }

    /// A drill that runs on the circuit; that none does, only a whole list shows.
    fn drill(&self, circuit_id: &str) -> Option<KnownCircuitItem> {
        let runs = |job: &Resource| {
            let listed = job.known(Field::DrilledIds).list().unwrap_or_default();
            let ended = job
                .text(Field::Status)
                .is_some_and(|status| status.eq_ignore_ascii_case("Stopped"));
            listed.iter().any(|id| id == circuit_id) && !ended
        };
        let running = self.inventory.of(Kind::FailoverTest).any(runs);
        let mut lists = self.inventory.lists_of(Call::DescribeFailoverTestJobs);
        let whole = lists.any(|list| {
            list.whole == Whole::Yes && list.filters.is_empty() && list.caller.is_none_or(|by| Some(by) == self.partner)
        });
        (running || whole).then(|| {
            let mut item = circuit("saved answers of DescribeFailoverTestJobs");
            item.drill = Some(at(running));
            item
        })
    }
}

fn place(answer: &Answer) -> String {
    match answer.path.as_str() {
        "" => answer.file.to_string(),
        path => format!("{}: {path}", answer.file),
    }
}

/// An instant of a resource; an empty text says nothing.
fn moment(found: &Resource, field: Field) -> Option<(Moment, String)> {
    let shown = found.known(field).one()?;
    let Value::Text(text) = &shown.value else { return None };
    Some((Moment::read(text).ok()?, shown.place.to_string()))
}

fn circuit_items(found: &Resource) -> Vec<KnownCircuitItem> {
    let mut items = Vec::new();
    let mut push = |field: Field, set: &dyn Fn(&mut KnownCircuitItem, &str)| {
        if let Some(shown) = found.known(field).one()
            && let Value::Text(text) = &shown.value
        {
            let mut item = circuit(shown.place.to_string());
            set(&mut item, text);
            items.push(item);
        }
    };
    push(Field::Status, &|item, text| item.enabled = Some(at(text == "Enabled")));
    push(Field::BusinessStatus, &|item, text| {
        item.normal = Some(at(text == "Normal"))
    });
    push(Field::HasReservationData, &|item, text| {
        item.pending_order = match text.to_ascii_lowercase().as_str() {
            "true" => Some(at(true)),
            "false" => Some(at(false)),
            _ => None,
        };
    });
    push(Field::QosId, &|item, text| item.qos_policy = Some(at(!text.is_empty())));
    if let Some((when, source)) = moment(found, Field::EndTime) {
        let mut item = circuit(source);
        item.expires = Some(at(when));
        items.push(item);
    }
    items
}
