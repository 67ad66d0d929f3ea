//! The questions that are answered by one value: it is as it has to be, it is not, or nobody knows.

use super::evidence::Looked;
use super::item::Item;
use super::language::Text;
use super::result::{Finding, Standing};
use super::{Case, fits, said, ways};
use crate::provision::{AccountKind, VbrStatus};
use crate::scenario::Unit;
use crate::scenario::file::{AccountItem, KindWord, KnownCircuitItem, KnownItem, VbrWord};
use crate::scenario::plan::{Role, UnknownWord};

/// The name of what a scenario says itself, as a source.
pub(super) const SCENARIO: &str = "scenario";

/// Everything that is asked of one VBR.
pub(super) struct Asked<'c> {
    pub case: &'c Case<'c>,
    pub unit: &'c Unit,
    dry_run: Option<(bool, String, String)>,
    pub findings: Vec<Finding>,
}

/// Questions that a dry run of CreateVpconnFromVbr answers: its operation notes name them.
const DRY_RUN: &[Item] = &[
    Item::MainAccount,
    Item::SameSite,
    Item::NotAPartner,
    Item::OutboundBilling,
    Item::MaySell,
    Item::PortQuota,
    Item::CircuitEnabled,
    Item::NoQosPolicy,
    Item::Mpbgp,
    Item::AccessPointAllows,
    Item::VbrActive,
    Item::VlanNotZero,
    Item::VlanFree,
    Item::LargeSpec,
];

/// The questions whose answers rest on a value of the scenario's.
const fn rests_on(word: UnknownWord) -> &'static [Item] {
    match word {
        UnknownWord::Account => &[
            Item::MainAccount,
            Item::SameSite,
            Item::NotAPartner,
            Item::OutboundBilling,
        ],
        UnknownWord::Circuit => &[Item::VlanNotZero, Item::VlanFree, Item::CircuitHasRoom, Item::PortQuota],
        UnknownWord::VlanId => &[Item::VlanNotZero, Item::VlanFree],
        UnknownWord::Spec => &[
            Item::SpecKnown,
            Item::LargeSpec,
            Item::SpecCoversPeak,
            Item::CircuitHasRoom,
        ],
        UnknownWord::Peak => &[Item::SpecCoversPeak],
        UnknownWord::Legacy => &[Item::VbrActive, Item::Steps],
        UnknownWord::Tag | UnknownWord::Address => &[],
    }
}

pub(super) fn ask(case: &Case<'_>, unit: &Unit) -> Vec<Finding> {
    let mut asked = Asked {
        case,
        unit,
        dry_run: None,
        findings: Vec::with_capacity(Item::ALL.len()),
    };
    asked.dry_run();
    asked.account();
    asked.partner();
    asked.circuit();
    asked.vbr();
    fits::ask(&mut asked);
    asked.special();
    ways::ask(&mut asked);
    asked.law();
    asked.stand_ins();
    asked.findings.sort_by_key(|finding| finding.item);
    asked.findings
}

impl Asked<'_> {
    pub(super) fn tell(&mut self, item: Item, standing: Standing, why: Text, source: &str) {
        self.answer(item, standing, why, source, None);
    }

    /// An answer to a question; of several the worst stands.
    fn answer(&mut self, item: Item, standing: Standing, why: Text, source: &str, code: Option<&str>) {
        let found = Finding {
            item,
            standing,
            why,
            source: source.to_owned(),
            answered: code.map(str::to_owned),
        };
        match self.findings.iter_mut().find(|finding| finding.item == item) {
            None => self.findings.push(found),
            Some(known) if known.standing < standing => *known = found,
            Some(known) if known.standing == standing => known.answered = known.answered.take().or(found.answered),
            Some(_) => {}
        }
    }

    /// What no source shows: a dry run that passed may show it none the less.
    pub(super) fn unshown(&mut self, item: Item, why: Text) {
        match self.dry_run.clone() {
            Some((true, _, source)) if DRY_RUN.contains(&item) => {
                self.tell(item, Standing::Go, said::dry_run_passed(), &source);
            }
            _ => self.tell(item, Standing::Unknown, why, ""),
        }
    }

    /// Answers a question by one value; `bad`: what is wrong with it.
    pub(super) fn by<T: PartialEq + Clone>(&mut self, item: Item, looked: Looked<T>, bad: impl Fn(&T) -> Option<Text>) {
        self.by_or(item, looked, bad, said::not_shown());
    }

    /// The same; `unshown`: what is said where no source shows it.
    pub(super) fn by_or<T: PartialEq + Clone>(
        &mut self,
        item: Item,
        looked: Looked<T>,
        bad: impl Fn(&T) -> Option<Text>,
        unshown: Text,
    ) {
        match looked {
            Looked::Nothing => self.unshown(item, unshown),
            Looked::Disagree(sources) => {
                let sources = sources.join("; ");
                self.tell(item, Standing::Unknown, said::disagree(&sources), &sources);
            }
            Looked::Shown(value, source) => match bad(&value) {
                Some(why) => self.tell(item, Standing::NoGo, why, &source),
                None => self.tell(item, Standing::Go, said::holds(), &source),
            },
        }
    }

    pub(super) fn known<T: PartialEq + Clone>(&self, key: impl Fn(&KnownItem) -> Option<T>) -> Looked<T> {
        self.case.evidence.vbr(&self.unit.vbr, key)
    }

    pub(super) fn known_circuit<T: PartialEq + Clone>(
        &self,
        key: impl Fn(&KnownCircuitItem) -> Option<T>,
    ) -> Looked<T> {
        self.case.evidence.circuit(&self.unit.circuit, key)
    }

    /// What the scenario says of an account in so many words.
    pub(super) fn written<T: PartialEq + Clone>(
        &self,
        name: &str,
        key: impl Fn(&AccountItem) -> Option<T>,
    ) -> Looked<T> {
        let own = self
            .case
            .file
            .accounts
            .iter()
            .filter(|account| *account.name.0 == *name);
        Looked::of(own.filter_map(|account| Some((key(account)?, SCENARIO))))
    }

    /// A flag of a circuit that has to be so.
    fn flag(&mut self, item: Item, wanted: bool, bad: Text, key: impl Fn(&KnownCircuitItem) -> Option<bool>) {
        let looked = self.known_circuit(key);
        self.by(item, looked, |is| (*is != wanted).then(|| bad.clone()));
    }

    /// A flag of a VBR that stands in the way.
    fn harm(&mut self, item: Item, bad: Text, key: impl Fn(&KnownItem) -> Option<bool>) {
        let looked = self.known(key);
        self.by(item, looked, |is| is.then(|| bad.clone()));
    }

    fn dry_run(&mut self) {
        let looked = self.known(|item| item.dry_run.as_ref().map(|code| code.value.clone()));
        match &looked {
            Looked::Shown(code, source) => {
                let passed = code.eq_ignore_ascii_case("DRYRUN.SUCCESS");
                self.dry_run = Some((passed, code.clone(), source.clone()));
                if passed {
                    self.tell(Item::DryRun, Standing::Go, said::dry_run_passed(), source);
                } else {
                    let item = Item::ALL.iter().find(|item| item.code() == code).copied();
                    let item = item.unwrap_or(Item::DryRun);
                    self.answer(item, Standing::NoGo, said::dry_run_refused(code), source, Some(code));
                }
            }
            Looked::Disagree(_) => self.by(Item::DryRun, looked, |_| None),
            Looked::Nothing => {}
        }
    }

    fn account(&mut self) {
        let (tenant, partner) = (self.unit.tenant.as_str(), self.unit.partner.as_str());
        let kind = |item: &AccountItem| item.kind.as_ref().map(|kind| kind.value);
        let looked = self.written(tenant, kind);
        let looked = looked.and(self.known(|item| item.account.as_ref().map(|kind| kind.value)));
        self.by(Item::MainAccount, looked.clone(), |kind| match kind {
            KindWord::Ram => Some(said::account_kind(kind.as_str())),
            KindWord::Main | KindWord::Partner => None,
        });
        let role = self.written(tenant, |item| item.role.as_ref().map(|role| role.value));
        let partners = role.value() == Some(&Role::Partner);
        self.by(Item::NotAPartner, looked, |kind| {
            (*kind == KindWord::Partner || partners).then(said::is_a_partner)
        });
        let site = |item: &AccountItem| item.site.as_ref().map(|site| site.value);
        let home = self.written(partner, site);
        let looked = self.written(tenant, site);
        let looked = looked.and(self.known(|item| item.site.as_ref().map(|site| site.value)));
        match (looked.value(), home.value()) {
            (Some(own), None) => self.unshown(Item::SameSite, said::partner_site(own.as_str())),
            (_, home) => self.by(Item::SameSite, looked.clone(), |own| {
                let home = home.filter(|home| *home != own)?;
                Some(said::other_site(own.as_str(), home.as_str()))
            }),
        }
        let billing = self.known(|item| item.outbound_billing.as_ref().map(|on| on.value));
        self.by_or(
            Item::OutboundBilling,
            billing,
            |on| (!on).then(said::billing_off),
            said::billing_unseen(),
        );
    }

    fn partner(&mut self) {
        self.flag(Item::MaySell, true, said::no_permission(), |item| {
            item.may_sell.as_ref().map(|may| may.value)
        });
        let left = self.known_circuit(|item| item.ports_left.as_ref().map(|left| left.value));
        let (nth, _) = self
            .case
            .places
            .get(self.unit.vbr.as_str())
            .copied()
            .unwrap_or_default();
        self.by(Item::PortQuota, left, |left| {
            (nth > *left).then(|| said::quota(nth, *left))
        });
    }

    fn circuit(&mut self) {
        self.flag(Item::CircuitEnabled, true, said::circuit_not_enabled(), |item| {
            item.enabled.as_ref().map(|is| is.value)
        });
        self.flag(Item::CircuitNormal, true, said::circuit_locked(), |item| {
            item.normal.as_ref().map(|is| is.value)
        });
        self.flag(Item::CircuitNoOrder, false, said::order_waits(), |item| {
            item.pending_order.as_ref().map(|is| is.value)
        });
        self.flag(Item::NoQosPolicy, false, said::has_qos(), |item| {
            item.qos_policy.as_ref().map(|is| is.value)
        });
        self.flag(Item::Mpbgp, true, said::no_mpbgp(), |item| {
            item.mpbgp.as_ref().map(|is| is.value)
        });
        self.flag(Item::AccessPointAllows, true, said::no_shared_ports(), |item| {
            item.shared_ports.as_ref().map(|is| is.value)
        });
        self.flag(Item::NoDrill, false, said::drill(), |item| {
            item.drill.as_ref().map(|is| is.value)
        });
        let expires = self.known_circuit(|item| item.expires.as_ref().map(|when| when.value));
        self.unexpired(Item::CircuitUnexpired, expires);
    }

    fn unexpired(&mut self, item: Item, expires: Looked<crate::scenario::Moment>) {
        match (expires.value(), self.case.over) {
            (Some(when), None) => {
                let why = said::window_undated(&when.to_string());
                self.tell(item, Standing::Unknown, why, "");
            }
            (_, over) => self.by(item, expires.clone(), |when| {
                let over = over.filter(|over| !when.is_after(*over))?;
                Some(said::expires(&when.to_string(), &over.to_string()))
            }),
        }
    }

    fn vbr(&mut self) {
        let status = self.known(|item| item.vbr.as_ref().map(|word| word.value));
        self.by(Item::VbrActive, status, |word| {
            (*word != VbrWord::Active).then(|| said::vbr_state(word.as_str()))
        });
        self.harm(Item::OneCircuit, said::second_circuit(), |item| {
            item.second_circuit.as_ref().map(|is| is.value)
        });
        self.harm(Item::NothingPending, said::something_pending(), |item| {
            item.pending.as_ref().map(|is| is.value)
        });
        let expires = self.known(|item| item.expires.as_ref().map(|when| when.value));
        self.unexpired(Item::VbrUnexpired, expires);
        self.vlan();
        let vlan = self.unit.vlan;
        self.harm(Item::VlanFree, said::vlan_taken(vlan), |item| {
            item.vlan_taken.as_ref().map(|is| is.value)
        });
    }

    fn vlan(&mut self) {
        if self.unit.vlan != 0 {
            return self.tell(Item::VlanNotZero, Standing::Go, said::holds(), SCENARIO);
        }
        let law = &self.case.law.before;
        let own = self.case.law.vbr(&self.unit.vbr).and_then(|id| law.vbr(id));
        let circuit = own.map(|vbr| vbr.circuit);
        let others = law
            .services()
            .filter(|key| Some(key.circuit) == circuit && key.vlan != 0);
        let alone = law.premises().policies.vlan0_coexists || others.count() == 0;
        match alone {
            true => self.unshown(Item::VlanNotZero, said::vlan_zero()),
            false => self.tell(Item::VlanNotZero, Standing::NoGo, said::vlan_zero_shared(), SCENARIO),
        }
    }

    /// What no page says of a conversion: whoever has it is not known to keep it.
    fn special(&mut self) {
        let mtu = self.known(|item| item.mtu.as_ref().map(|octets| octets.value));
        self.undocumented(Item::OrdinaryMtu, mtu, |octets| {
            (*octets != 1_500).then(|| said::mtu(*octets))
        });
        let ecr = self.known(|item| item.ecr.as_ref().map(|is| is.value));
        self.undocumented(Item::NoEcr, ecr, |is| is.then(said::ecr));
        let ipv6 = self.known(|item| item.ipv6.as_ref().map(|is| is.value));
        self.undocumented(Item::NoIpv6, ipv6, |is| is.then(said::ipv6));
        let group = self.known(|item| item.failover_group.as_ref().map(|is| is.value));
        self.undocumented(Item::NoFailoverGroup, group, |is| is.then(said::failover_group));
    }

    fn undocumented<T: PartialEq + Clone>(&mut self, item: Item, looked: Looked<T>, odd: impl Fn(&T) -> Option<Text>) {
        match &looked {
            Looked::Shown(value, source) if odd(value).is_some() => {
                let why = odd(value).unwrap_or_default();
                let source = source.clone();
                self.tell(item, Standing::Unknown, why, &source);
            }
            _ => self.by(item, looked, |_| None),
        }
    }

    /// What the law refuses: a reason, whatever was looked up.
    fn law(&mut self) {
        let Some(answered) = self.case.law.answered.get(&self.unit.vbr).cloned() else {
            return;
        };
        let mut refusals: Vec<(&str, String)> = Vec::new();
        if let Some(code) = answered.create {
            refusals.push(("CreateVpconnFromVbr", code));
        }
        for (call, code) in answered.refused {
            if !refusals.iter().any(|(_, known)| *known == code) {
                refusals.push((call, code));
            }
        }
        // What a pilot has shown goes before a policy that nobody has stated.
        let piloted = self.case.evidence.pilot(&self.unit.vbr).is_some();
        refusals.retain(|(_, code)| !(piloted && code == Item::SpecKnown.code()));
        for (call, code) in refusals {
            let item = self.of_code(call, &code);
            self.refuse(item, call, &code);
        }
        if let Some(call) = answered.never {
            self.tell(Item::Steps, Standing::NoGo, said::never_called(call), SCENARIO);
        }
    }

    /// The question that a code answers, of a call of the conversion.
    fn of_code(&self, call: &str, code: &str) -> Item {
        let first = call == "CreateVpconnFromVbr";
        let found = Item::ALL
            .iter()
            .find(|item| !item.code().is_empty() && item.code() == code);
        match found {
            Some(Item::MainAccount) if self.kind() != Some(AccountKind::Ram) => Item::NotAPartner,
            Some(item) if first || *item == Item::OutboundBilling => *item,
            _ => Item::Steps,
        }
    }

    /// A value that nobody knows is a stand-in: what follows from it shows nothing, neither good nor bad.
    fn stand_ins(&mut self) {
        for word in self.case.stand_ins(self.unit) {
            for item in rests_on(word) {
                let found = self.findings.iter_mut().find(|finding| finding.item == *item);
                // A peak that was looked up is held against a stand-in where the bandwidth is one.
                let rests = |found: &&mut Finding| {
                    word == UnknownWord::Spec || found.source == SCENARIO || found.source.is_empty()
                };
                if let Some(found) = found.filter(rests) {
                    *found = Finding {
                        item: *item,
                        standing: Standing::Unknown,
                        why: said::not_shown(),
                        source: String::new(),
                        answered: None,
                    };
                }
            }
        }
    }

    fn kind(&self) -> Option<AccountKind> {
        let accounts = self.case.law.before.premises().accounts();
        let at = self
            .case
            .plan
            .accounts
            .iter()
            .position(|account| account.name == self.unit.tenant)?;
        Some(accounts.get(at)?.kind)
    }

    fn refuse(&mut self, item: Item, call: &str, code: &str) {
        let status = self
            .case
            .law
            .vbr(&self.unit.vbr)
            .and_then(|id| self.case.law.before.vbr(id));
        let why = match (item, status.map(|vbr| vbr.status)) {
            (Item::VbrActive, Some(status)) if status != VbrStatus::Active => said::vbr_state(status.as_str()),
            (Item::VlanFree, _) => said::vlan_taken(self.unit.vlan),
            (_, None) => said::no_vbr(),
            _ => said::refused(call, code),
        };
        self.answer(item, Standing::NoGo, why, SCENARIO, Some(code));
    }
}
