//! A copy of a scenario without its steps of provisioning.

use super::ScenarioFile;

impl ScenarioFile {
    /// The same without its steps: they are most of a large scenario, and whoever only reads them needs no
    /// copy.
    pub(in crate::scenario) fn without_steps(&self) -> Self {
        Self {
            trunklab: self.trunklab.clone(),
            name: self.name.clone(),
            about: self.about.clone(),
            seed: self.seed.clone(),
            duration: self.duration.clone(),
            policies: self.policies.clone(),
            lead_times: self.lead_times.clone(),
            api_limit: self.api_limit.clone(),
            prices: self.prices.clone(),
            accounts: self.accounts.clone(),
            access_points: self.access_points.clone(),
            fabrics: self.fabrics.clone(),
            backbones: self.backbones.clone(),
            access_devices: self.access_devices.clone(),
            pics: self.pics.clone(),
            links: self.links.clone(),
            circuits: self.circuits.clone(),
            idcs: self.idcs.clone(),
            vpcs: self.vpcs.clone(),
            cross_border: self.cross_border.clone(),
            tenants: self.tenants.clone(),
            provisioning: Vec::new(),
            cutover: self.cutover.clone(),
            traffic: self.traffic.clone(),
            faults: self.faults.clone(),
            expect: self.expect.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{MemorySources, load_text};

    #[test]
    fn steps_alone_are_left_out() {
        let text = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/scenarios/isolation/two-tenants-one-circuit.yaml"
        ));
        let loaded = load_text("two.yaml", text.to_owned(), &MemorySources::new()).expect("a shipped scenario");
        let (whole, mut less) = (loaded.expanded.file(), loaded.expanded.file().without_steps());
        assert!(less.provisioning.is_empty() && !whole.provisioning.is_empty());
        less.provisioning.clone_from(&whole.provisioning);
        assert_eq!(format!("{less:?}"), format!("{whole:?}"));
    }
}
