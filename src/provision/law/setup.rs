//! The gates of a first-time set-up: contract, survey, quote, build, account id.

use crate::ident::AccountId;
use crate::provision::circuit::named;
use crate::provision::law::choices::Lead;
use crate::provision::law::error::{ApiError, ensure};
use crate::provision::law::pending::Task;
use crate::provision::law::premises::Role;
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::table::codes as c;
use crate::provision::table::operation::{BuildLastMile, GiveAccountId, IssueQuote, SignContract, SurveySite};
use crate::provision::table::param::AccountRef;

named!(
    /// The last gate that a project has passed.
    Gate {
        /// Signed.
        Contract,
        /// The site is surveyed.
        Survey,
        /// The quote is issued.
        Quote,
        /// The last mile is being built.
        Building,
        /// The last mile is built.
        Built,
        /// The account id is given: shared ports can be sold.
        AccountId,
    }
);

/// A tenant's first-time set-up with a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Project {
    /// How far it is.
    pub gate: Gate,
    /// The account id that the tenant gave, right or wrong.
    pub given_uid: Option<u64>,
}

impl State {
    /// The project of a tenant with a partner.
    pub fn project(&self, partner: AccountId, tenant: AccountId) -> Option<&Project> {
        self.projects.get(&(partner, tenant))
    }

    pub(in crate::provision) fn last_mile_is_built(&mut self, partner: AccountId, tenant: AccountId) {
        if let Some(project) = self.projects.get_mut(&(partner, tenant)) {
            project.gate = Gate::Built;
        }
    }
}

impl Cx<'_> {
    fn other(&self, account: AccountRef, role: Role) -> Result<AccountId, ApiError> {
        let id = self.account(account)?;
        let fits = self.s.premises.account(id).is_some_and(|a| a.role == role);
        ensure(fits, c::TENANT_NOT_FOUND, || "that account has another role".to_owned())?;
        Ok(id)
    }

    fn gate(&self, partner: AccountId, tenant: AccountId, needed: Option<Gate>) -> Result<(), ApiError> {
        let gate = self.s.project(partner, tenant).map(|p| p.gate);
        let shown = |g: Option<Gate>| g.map_or("nothing", Gate::as_str);
        ensure(gate == needed, c::GATE_ORDER, || {
            format!(
                "the project has passed {}; this comes after {}",
                shown(gate),
                shown(needed)
            )
        })
    }

    /// The next gate, from the partner's side.
    fn step(&self, tenant: AccountRef, needed: Gate) -> Result<(AccountId, AccountId), ApiError> {
        let tenant = self.other(tenant, Role::Tenant)?;
        self.gate(self.by, tenant, Some(needed))?;
        Ok((self.by, tenant))
    }
}

fn pass(key: (AccountId, AccountId), gate: Gate) -> Result<Apply, ApiError> {
    apply(move |s, _| s.projects.get_mut(&key).expect("guarded").gate = gate)
}

impl Guarded for SignContract {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let key = (cx.other(self.partner, Role::Partner)?, cx.by);
        cx.gate(key.0, key.1, None)?;
        apply(move |s, _| {
            s.projects.insert(
                key,
                Project {
                    gate: Gate::Contract,
                    given_uid: None,
                },
            );
        })
    }
}

impl Guarded for SurveySite {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        pass(cx.step(self.tenant, Gate::Contract)?, Gate::Survey)
    }
}

impl Guarded for IssueQuote {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        pass(cx.step(self.tenant, Gate::Survey)?, Gate::Quote)
    }
}

impl Guarded for BuildLastMile {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let key = cx.step(self.tenant, Gate::Quote)?;
        apply(move |s, fx| {
            s.projects.get_mut(&key).expect("guarded").gate = Gate::Building;
            let wait = s.lead(Lead::LastMile, fx.choices);
            s.pending.schedule(
                wait,
                Task::LastMile {
                    partner: key.0,
                    tenant: key.1,
                },
            );
        })
    }
}

impl Guarded for GiveAccountId {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let key = (cx.other(self.partner, Role::Partner)?, cx.by);
        cx.gate(key.0, key.1, Some(Gate::Built))?;
        let uid = match self.ali_uid {
            None => cx.s.uid(cx.by),
            Some(AccountRef::Uid(uid)) => uid,
            Some(AccountRef::Account(id)) => cx.s.uid(id),
        };
        apply(move |s, _| {
            s.projects.insert(
                key,
                Project {
                    gate: Gate::AccountId,
                    given_uid: Some(uid),
                },
            );
            *s.cleared.entry((key.0, uid)).or_insert(0) += 1;
        })
    }
}
