//! Closed lists of words.

use crate::scenario::scalars::words;

words! {
    /// Which kind of account it is.
    KindWord {
        /// A main account.
        Main = "main",
        /// A user under a main account.
        Ram = "ram",
        /// An account of the partner programme.
        Partner = "partner",
    }
}
words! {
    /// The site that an account is registered at.
    SiteWord {
        /// aliyun.com.
        Cn = "cn",
        /// alibabacloud.com.
        Intl = "intl",
    }
}
words! {
    /// How a switch's services forward.
    ServiceWord {
        /// Two members, no learning.
        CrossConnect = "cross-connect",
        /// Learning per VLAN, flooding.
        Bridged = "bridged",
    }
}
words! {
    /// Which VLANs of a bridged switch share a filtering database.
    LearningWord {
        /// None: each learns for itself (IVL).
        Independent = "independent",
        /// All of them (SVL).
        Shared = "shared",
    }
}
words! {
    /// How a switch behaves where devices differ.
    ProfileWord {
        /// Every doubtful frame is dropped.
        Strict = "strict",
        /// 802.1Q's defaults.
        IeeeDefault = "ieee-default",
        /// Open vSwitch 3.1.
        Ovs31 = "ovs-3.1",
        /// Linux 6.12.
        Linux612 = "linux-6.12",
    }
}
words! {
    /// Whom the ARP limit counts.
    ArpLimitWord {
        /// Each tenant for itself.
        PerTenant = "per_tenant",
        /// All together.
        Shared = "shared",
        /// Nobody.
        Off = "off",
    }
}
words! {
    /// Which octets of a frame count.
    OctetsWord {
        /// With preamble, FCS and gap.
        L1 = "l1",
        /// With FCS.
        L2Fcs = "l2_fcs",
        /// Without FCS.
        L2 = "l2",
        /// The network layer's packet.
        L3 = "l3",
    }
}
words! {
    /// The port at the customer's end.
    PortWord {
        /// Untagged.
        Access = "access",
        /// Tagged.
        Trunk = "trunk",
        /// Whatever comes is payload.
        Tunnel = "tunnel",
    }
}
words! {
    /// What a trunk does with its native VLAN.
    TrunkModeWord {
        /// It has none: untagged frames end there.
        Trunk = "trunk",
        /// Untagged frames belong to it, and it leaves tagged.
        NativeTagged = "native-tagged",
        /// Untagged frames belong to it, and it leaves untagged.
        NativeUntagged = "native-untagged",
    }
}
words! {
    /// Which frames without a tag of a VLAN leave with a priority tag.
    PriorityTagsWord {
        /// None.
        Never = "never",
        /// Those whose priority is not 0.
        IfNonzero = "if-nonzero",
        /// All; at `ovs-3.1` those that came with a tag which it read.
        Always = "always",
    }
}
words! {
    /// What of a frame counts against an MTU.
    MtuCountsWord {
        /// What is behind addresses, all tags and the EtherType.
        Payload = "payload",
        /// Tags behind the port's own, too.
        PayloadAndTags = "payload_and_tags",
    }
}
words! {
    /// Does the circuit exist when the run begins?
    CircuitWord {
        /// Enabled from the start.
        Enabled = "enabled",
        /// Created by a step that binds its name.
        Planned = "planned",
    }
}
words! {
    /// What answers at an endpoint.
    EndpointWord {
        /// Elastic Compute Service.
        Ecs = "ecs",
        /// Object Storage Service.
        Oss = "oss",
        /// ApsaraDB RDS.
        Rds = "rds",
        /// Server Load Balancer.
        Slb = "slb",
    }
}
words! {
    /// Who pays for a shared port.
    PayerWord {
        /// The tenant.
        Tenant = "tenant",
        /// The partner.
        Partner = "partner",
    }
}
words! {
    /// Which way frames go.
    DirectionWord {
        /// From data centres towards the cloud.
        Up = "up",
        /// From the cloud towards data centres.
        Down = "down",
    }
}
words! {
    /// Which part of the way.
    SegmentWord {
        /// Between the customer's port and the handover.
        Partner = "partner",
        /// Between the handover and the endpoint.
        Cloud = "cloud",
        /// Between the customer's port and the endpoint.
        EndToEnd = "end_to_end",
    }
}
words! {
    /// What a flow's frames are.
    FlowWord {
        /// UDP datagrams.
        Udp = "udp",
        /// ICMP echo requests.
        Ping = "ping",
        /// Frames of a capture.
        Replay = "replay",
        /// Forged frames.
        Raw = "raw",
    }
}
words! {
    /// When a flow's frames leave.
    PatternWord {
        /// One every interval.
        Constant = "constant",
        /// Exponential gaps.
        Poisson = "poisson",
        /// Bursts.
        OnOff = "on_off",
    }
}
words! {
    /// What becomes of the tags of replayed frames.
    StackWord {
        /// As captured.
        Keep = "keep",
        /// All tags off: the frame goes out untagged.
        Strip = "strip",
        /// All tags off, one C-TAG `tag` on.
        Retag = "retag",
    }
}
words! {
    /// What goes wrong, or is mended.
    FaultWord {
        /// Nothing passes a link.
        Cut = "cut",
        /// A link is whole again.
        Restore = "restore",
        /// A link loses frames.
        Lose = "lose",
        /// A link corrupts frames.
        Corrupt = "corrupt",
        /// A link doubles frames.
        Duplicate = "duplicate",
        /// A link goes up and down.
        Flap = "flap",
        /// A service gets another VLAN.
        Misconnect = "misconnect",
        /// A tenant is policed to another rate.
        Police = "police",
        /// A VBR is let go of.
        Detach = "detach",
        /// A VBR is taken again.
        Attach = "attach",
        /// A data centre gets another router.
        SwapRouter = "swap_router",
    }
}
words! {
    /// One way over a link, or both.
    WayWord {
        /// Both.
        Both = "both",
        /// From the link's `a` end.
        AToB = "a_to_b",
        /// From the link's `b` end.
        BToA = "b_to_a",
    }
}
words! {
    /// A check.
    CheckWord {
        /// Every frame is accounted for.
        Conservation = "conservation",
        /// No frame at another tenant's place.
        Isolation = "isolation",
        /// No frame before the gate is open.
        Gating = "gating",
        /// Every step ended as it said.
        Provisioning = "provisioning",
        /// A VBR has its port's VLAN and bandwidth.
        Inheritance = "inheritance",
        /// No frame goes in circles between switches.
        Storm = "storm",
        /// Frames arrive, or do not.
        Reachability = "reachability",
        /// Loss, duplicates, order, gaps.
        Continuity = "continuity",
        /// Within spec.
        Bandwidth = "bandwidth",
        /// Delay, loss and availability.
        Sla = "sla",
        /// Who pays.
        Billing = "billing",
        /// Who answers for the loss.
        Attribution = "attribution",
        /// The health check notices.
        Health = "health",
        /// Address resolution after a time.
        Resolution = "resolution",
        /// A way to the cloud fits the need.
        Choice = "choice",
    }
}
words! {
    /// A verdict that is expected.
    VerdictWord {
        /// It holds.
        Pass = "pass",
        /// It is expected to fail.
        Fail = "fail",
        /// It cannot be known.
        Inconc = "inconc",
    }
}
words! {
    /// A party of the service-level agreement, or none.
    PartyWord {
        /// The tenant.
        Tenant = "tenant",
        /// The partner.
        Partner = "partner",
        /// The cloud.
        Cloud = "cloud",
        /// Not attributable.
        Nobody = "none",
    }
}
words! {
    /// What must have become of a step that another one follows.
    OutcomeWord {
        /// It was accepted, and what it began has come about.
        Done = "done",
        /// It was accepted.
        Accepted = "accepted",
        /// It was refused.
        Refused = "refused",
        /// It was accepted or refused.
        Answered = "answered",
    }
}
words! {
    /// A value of a service that nobody knows: what stands in the file is a stand-in for it.
    UnknownWord {
        /// The account's id, or whether it is the tenant's.
        Account = "account",
        /// The circuit.
        Circuit = "circuit",
        /// The VLAN on the circuit.
        VlanId = "vlan_id",
        /// The customer's own tag, and how its port takes it.
        Tag = "tag",
        /// The bandwidth.
        Spec = "spec",
        /// The addresses of the interconnect.
        Address = "address",
        /// Does a VBR that the partner pushed serve it, or a shared port?
        Legacy = "legacy",
        /// The load at its peak.
        Peak = "peak",
    }
}

#[cfg(test)]
mod tests {
    use super::PartyWord;
    use crate::scenario::at::Scalar;

    #[test]
    fn the_word_that_the_cloud_had_in_earlier_files_is_still_read_and_no_other() {
        assert_eq!(PartyWord::read("alibaba"), Ok(PartyWord::Cloud));
        assert_eq!(PartyWord::read("alibaba").map(PartyWord::as_str), Ok("cloud"));
        assert!(PartyWord::read("Alibaba").is_err());
        assert!(
            super::OutcomeWord::read("alibaba").is_err(),
            "where there is no `cloud`, it is no word"
        );
    }
}
