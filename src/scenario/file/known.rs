//! What was looked up before the window, by whom and where. A key that is left out is not known.

use super::{KindWord, SiteWord};
use crate::provision::Spec;
use crate::scenario::at::At;
use crate::scenario::moment::Moment;
use crate::scenario::scalars::{Name, words};
use crate::scenario::written::item;
use crate::units::{BitRate, SimDuration};

words! {
    /// The state of a VBR, by the API's names.
    VbrWord {
        /// Pushed and not confirmed.
        Unconfirmed = "unconfirmed",
        /// In use.
        Active = "active",
        /// Going out of use.
        Terminating = "terminating",
        /// Out of use.
        Terminated = "terminated",
        /// Coming back.
        Recovering = "recovering",
    }
}

words! {
    /// What the health check of a VBR does.
    HealthWord {
        /// There is none.
        Off = "off",
        /// It probes and switches no routes.
        ProbeOnly = "probe_only",
        /// It switches routes where probes are lost.
        Switches = "switches",
    }
}

words! {
    /// Which way frames pass, by counters.
    PassesWord {
        /// There and back.
        BothWays = "both_ways",
        /// From the data centre alone.
        UpOnly = "up_only",
        /// To the data centre alone.
        DownOnly = "down_only",
        /// None at all.
        Nothing = "nothing",
    }
}

item! {
    /// What was looked up of tenants and their VBRs.
    #[derive(PartialEq, Eq)]
    pub struct KnownItem {
        /// Where it was looked up, and when: a saved answer, a console, a mail.
        pub source: At<String>,
        /// Whose; every tenant of the cutover where left out.
        #[serde(default)]
        pub tenants: Vec<At<Name>>,
        /// Which kind of account the tenant has.
        pub account: Option<At<KindWord>>,
        /// The site that it is registered at.
        pub site: Option<At<SiteWord>>,
        /// Is its outbound data transfer billing on? The partner cannot see it; the tenant, or a dry run, can tell.
        pub outbound_billing: Option<At<bool>>,
        /// How a dry run of CreateVpconnFromVbr was answered: `DRYRUN.SUCCESS`, or the error's code.
        pub dry_run: Option<At<String>>,
        /// The VBR's state.
        pub vbr: Option<At<VbrWord>>,
        /// Is the VBR on a second circuit as well?
        pub second_circuit: Option<At<bool>>,
        /// Is anything of the VBR still coming about: a route, an attachment, a task?
        pub pending: Option<At<bool>>,
        /// When the VBR expires.
        pub expires: Option<At<Moment>>,
        /// Does another VBR or shared port of the circuit have its VLAN, or is it kept for one of the last seven days?
        pub vlan_taken: Option<At<bool>>,
        /// The spec that a converted pilot with the same bandwidth has got.
        pub pilot_spec: Option<At<Spec>>,
        /// The most that was measured of the tenant's traffic, in its busier direction.
        pub peak: Option<At<BitRate>>,
        /// Over which span the peak is an average.
        pub peak_over: Option<At<SimDuration>>,
        /// The VBR's MTU in octets.
        pub mtu: Option<At<u64>>,
        /// Does the VBR belong to an Express Connect router (ECR)?
        pub ecr: Option<At<bool>>,
        /// Has it IPv6?
        pub ipv6: Option<At<bool>>,
        /// Is it in a failover group?
        pub failover_group: Option<At<bool>>,
        /// What its health check does.
        pub health_check: Option<At<HealthWord>>,
        /// From one probe of the health check to the next.
        pub health_interval: Option<At<SimDuration>>,
        /// After so many lost probes it switches.
        pub health_threshold: Option<At<u64>>,
        /// Has the tenant another way to the cloud, that carries its traffic if this one does not?
        pub other_way: Option<At<bool>>,
        /// Which way frames pass.
        pub passes: Option<At<PassesWord>>,
    }
}

item! {
    /// What was looked up of circuits and of the account that owns them.
    #[derive(PartialEq, Eq)]
    pub struct KnownCircuitItem {
        /// Where it was looked up, and when.
        pub source: At<String>,
        /// Which; every circuit of the cutover where left out.
        #[serde(default)]
        pub circuits: Vec<At<Name>>,
        /// Is its status Enabled?
        pub enabled: Option<At<bool>>,
        /// Is its business status Normal?
        pub normal: Option<At<bool>>,
        /// When it expires.
        pub expires: Option<At<Moment>>,
        /// Is an order of it not paid or not in force yet (`HasReservationData`)?
        pub pending_order: Option<At<bool>>,
        /// Is a QoS policy bound to it?
        pub qos_policy: Option<At<bool>>,
        /// Does its access device support MPBGP?
        pub mpbgp: Option<At<bool>>,
        /// Does its access point allow shared ports?
        pub shared_ports: Option<At<bool>>,
        /// May its owner sell shared ports?
        pub may_sell: Option<At<bool>>,
        /// May its owner sell 2G and more?
        pub large_specs: Option<At<bool>>,
        /// How many shared ports may still be made on it.
        pub ports_left: Option<At<u64>>,
        /// Does a failover drill run on it in the window?
        pub drill: Option<At<bool>>,
    }
}
