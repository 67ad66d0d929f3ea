//! The causes of what the trials of a suite showed, and where they showed it.

use super::{Suite, Unit};
use crate::isolate::cause::{Explanation, Lab, Shows, Way};
use crate::isolate::done::Done;
use crate::isolate::explain::{admitted, explain};
use crate::isolate::judge::{Finding, Spot};
use crate::isolate::minimise::hunt;
use crate::isolate::testbed::Testbed;
use crate::scenario::{Expanded, Plan};
use crate::why::leaks::{Healing, OwnFault};

impl Suite<'_> {
    /// The cause of what the trials showed; `None`: they showed nothing.
    pub(super) fn explain(
        &self,
        expanded: &Expanded,
        plan: &Plan,
        units: &[Unit],
        done: &[Done],
    ) -> Result<Option<Explanation>, String> {
        let mut shown: Vec<Shows<'_>> = Vec::new();
        for (unit, done) in units.iter().zip(done) {
            let kept = done
                .outcomes
                .iter()
                .filter_map(|(outcome, trial)| Some((outcome, trial.as_deref()?)));
            let flawed = kept.filter(|(outcome, _)| !outcome.findings.is_empty());
            shown.extend(flawed.map(|(outcome, trial)| Shows {
                row: unit.row,
                trial,
                outcome,
            }));
        }
        if shown.iter().all(|shows| shows.trial.planted) {
            return Ok(None);
        }
        let lab = Lab {
            bed: &self.bed,
            switches: &self.switches,
            declared: &self.declared,
            jobs: self.options.jobs,
        };
        let healing = Healing::new(expanded, plan)?;
        let of_device = |way: &Way| self.at_fault(&shown, way);
        Ok(Some(lab.explain(&healing, &shown, plan.end, &of_device)))
    }

    /// The device that is at fault itself for what no change closes.
    fn at_fault(&self, shown: &[Shows<'_>], way: &Way) -> Option<OwnFault> {
        let (row, flaw, tenant, spot) = *way;
        let is = |finding: &&Finding| finding.way() == (flaw, tenant, spot);
        let of_row = shown.iter().filter(|shows| shows.row == row && !shows.trial.planted);
        let mut found = of_row.filter_map(|shows| Some((shows.trial, shows.outcome.findings.iter().find(is)?)));
        let (trial, finding) = found.next()?;
        let case = hunt(&self.bed, &self.switches, trial, finding)?;
        let explained = admitted(&self.bed, finding, explain(&self.bed, &case, finding))?;
        Some(OwnFault {
            device: explained.device,
            stage: explained.stage,
            what: explained.entry,
        })
    }
}

/// Where a flaw showed, as reports name it.
pub(in crate::isolate) fn spot(bed: &Testbed, spot: Spot) -> String {
    match spot {
        Spot::TestPort(place) => bed.places[place].name.clone(),
        Spot::Port(device, port, owner) => {
            let vlan = match owner.is_some() {
                true => format!("the VLAN of {}", bed.tenant(owner)),
                false => "nobody's VLAN".to_owned(),
            };
            format!("{} port {}, in {vlan}", bed.devices[device].name, port.0)
        }
        Spot::Device(device, tenant) => {
            format!("{}, state of {}", bed.devices[device].name, bed.tenant(tenant))
        }
        Spot::Nowhere => "no port".to_owned(),
    }
}
