//! Do the access devices' tables, changed step by step, equal what the law says, lowered from scratch?

use crate::control::law::Sites;
use crate::control::sites;
use crate::forward::Service;
use crate::node::lower::{lower, policer_rule};
use crate::provision::ServiceKey;
use crate::record::Record;
use crate::scenario::Plan;

/// Every VLAN of a circuit whose sub-interface is not what lowering from scratch makes of it.
pub(super) fn differences(plan: &Plan, run: &Record) -> Vec<String> {
    let sites = sites(plan, run.numbering.clone());
    let vlans = run.numbering.vlans().iter().zip(&run.devices);
    vlans
        .filter_map(|((circuit, vlan), device)| {
            let meant = meant(&sites, run, *circuit, *vlan).map(canonical);
            let found = device.service.clone().map(canonical);
            (meant != found).then(|| {
                let name = &plan.circuits[*circuit].name;
                format!("VLAN {vlan} of {name}: the law says {meant:?}, the device has {found:?}")
            })
        })
        .collect()
}

fn meant(sites: &Sites, run: &Record, circuit: usize, vlan: u16) -> Option<Service> {
    let key = ServiceKey {
        circuit: run.cloud.circuits[circuit].connection()?,
        vlan,
    };
    let view = run.cloud.law.service(&key)?;
    let vbr = view.vbr.as_ref()?.id.to_string();
    let shown = run.cloud.facts.iter().rev();
    let slot = shown
        .filter(|(_, fact)| fact.vbr.as_ref().is_some_and(|v| v.id == vbr))
        .find_map(|(slot, _)| *slot)?;
    let rule = policer_rule(&run.cloud.law.premises().policies);
    lower(Some(&view), rule, Some(&sites.site(circuit, slot))).sub_interface
}

fn canonical(mut service: Service) -> Service {
    service.members.sort_by_key(|member| (member.port, member.vid));
    service
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Drawn;
    use crate::engine::run;
    use crate::evidence::NoObserver;
    use crate::ident::TenantId;
    use crate::scenario::{MemorySources, load_text};
    use crate::swarm::{Bounds, draw};

    fn ran(seed: u64) -> (Plan, Record) {
        let text = draw(seed, &Bounds::default()).draft.yaml();
        let plan = load_text("w.yaml", text, &MemorySources::new()).expect("it loads").plan;
        let (run, _) = run(&plan, Drawn::new(plan.seed), NoObserver).expect("it runs");
        (plan, run)
    }

    #[test]
    fn an_entry_that_is_missing_left_over_or_another_s_is_noticed() {
        let mut spoiled = 0;
        for seed in 1..20 {
            let (plan, mut run) = ran(seed);
            assert_eq!(differences(&plan, &run), [""; 0], "seed {seed}");
            let Some(at) = run.devices.iter().position(|d| d.service.is_some()) else {
                continue;
            };
            let whole = run.devices[at].service.take();
            assert_eq!(differences(&plan, &run).len(), 1, "seed {seed}: missing");
            run.devices[at].service = whole.clone().map(|service| Service {
                tenant: TenantId(77),
                ..service
            });
            assert_eq!(differences(&plan, &run).len(), 1, "seed {seed}: another's");
            run.devices[at].service.clone_from(&whole);
            for device in run.devices.iter_mut().filter(|d| d.service.is_none()) {
                device.service.clone_from(&whole);
                spoiled += 1;
            }
            let left_over = run.devices.iter().filter(|d| d.service == whole).count() - 1;
            assert_eq!(differences(&plan, &run).len(), left_over, "seed {seed}: left over");
        }
        assert!(spoiled > 3);
    }
}
