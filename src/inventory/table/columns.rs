//! Which column is for what.

use std::collections::BTreeMap;

use super::words::plain;
use crate::inventory::service::Fact;

/// Titles that are known without being told, as they are compared: letters and digits only, in lower case.
const TITLES: [(Fact, &[&str]); 16] = [
    (
        Fact::Tenant,
        &[
            "tenant",
            "tenantname",
            "customer",
            "customername",
            "client",
            "客户",
            "租户",
        ],
    ),
    (
        Fact::Account,
        &[
            "account",
            "accountid",
            "tenantaccountid",
            "uid",
            "aliuid",
            "tenantuid",
            "vbrowneruid",
            "账号",
            "账号id",
        ],
    ),
    (
        Fact::Partner,
        &["partner", "partneraccount", "partneraccountid", "partneruid"],
    ),
    (
        Fact::Circuit,
        &[
            "circuit",
            "circuitid",
            "cid",
            "physicalconnection",
            "physicalconnectionid",
            "专线",
        ],
    ),
    (
        Fact::VlanId,
        &["vlan", "vlanid", "vid", "cloudvlan", "zvlan", "zsidevlan"],
    ),
    (Fact::Tag, &["tag", "customertag", "customervlan", "ctag", "asidevlan"]),
    (
        Fact::Spec,
        &[
            "spec",
            "bandwidth",
            "bandwidthmbps",
            "bandwidthmbits",
            "commitrate",
            "commitratekbps",
            "带宽",
        ],
    ),
    (
        Fact::Address,
        &[
            "address",
            "peergatewayip",
            "peerip",
            "customerip",
            "customeraddress",
            "peeraddress",
        ],
    ),
    (
        Fact::Gateway,
        &[
            "gateway",
            "localgatewayip",
            "localip",
            "cloudip",
            "cloudaddress",
            "gatewayip",
        ],
    ),
    (Fact::Mask, &["mask", "subnetmask", "peeringsubnetmask", "prefixlength"]),
    (
        Fact::Mode,
        &["mode", "legacy", "shared", "legacyorshared", "islegacy", "isshared"],
    ),
    (Fact::Peak, &["peak", "peakmbps", "peakrate", "peakload", "峰值"]),
    (
        Fact::PeakInterval,
        &["peakinterval", "averaginginterval", "interval", "averaging"],
    ),
    (Fact::Lan, &["lan", "lanprefix", "customernetwork"]),
    (Fact::Vbr, &["vbr", "vbrid"]),
    (
        Fact::SharedPort,
        &["sharedport", "sharedportid", "vpconn", "vpconnid", "port"],
    ),
];

/// A title as it is compared.
fn bare(title: &str) -> String {
    let letters = title.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn known(title: &str) -> Option<Fact> {
    let bare = bare(title);
    let of = TITLES.iter().find(|(_, titles)| titles.contains(&bare.as_str()));
    of.map(|(fact, _)| *fact)
}

/// What the user says of columns: `thing=title`, or `thing=#3` for the third.
pub type Map = BTreeMap<Fact, String>;

/// Which column is for what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// Column, from 0, by what it is for.
    pub of: BTreeMap<Fact, usize>,
    /// What is wrong, with the column, from 0.
    pub wrong: Vec<(usize, String)>,
}

/// How many titles of a row are known, or are named by the user.
pub(super) fn recognised<'a>(cells: impl Iterator<Item = &'a str>, map: &Map) -> usize {
    let named = |title: &str| map.values().any(|wanted| bare(wanted) == bare(title));
    cells
        .filter(|cell| known(cell).is_some() || (!bare(cell).is_empty() && named(cell)))
        .count()
}

/// Which column of a row of titles is for what.
pub(super) fn assign(titles: &[String], map: &Map) -> Columns {
    let mut columns = Columns::default();
    for (fact, wanted) in map {
        let at: Vec<usize> = match wanted.strip_prefix('#').and_then(|number| number.parse::<usize>().ok()) {
            Some(number) => (1..=titles.len()).filter(|at| *at == number).map(|at| at - 1).collect(),
            None => {
                let wanted = bare(wanted);
                let same = titles.iter().enumerate().filter(|(_, title)| bare(title) == wanted);
                same.map(|(at, _)| at).collect()
            }
        };
        match at[..] {
            [at] => drop(columns.of.insert(*fact, at)),
            [] => columns
                .wrong
                .push((0, format!("there is no column `{wanted}` for {}", fact.as_str()))),
            [_, second, ..] => {
                let text = format!(
                    "the title `{wanted}` stands twice; say which with --map {}=#N",
                    fact.as_str()
                );
                columns.wrong.push((second, text));
            }
        }
    }
    for (at, title) in titles.iter().enumerate() {
        let taken = columns.of.values().any(|column| *column == at);
        let Some(fact) = plain(title)
            .and_then(known)
            .filter(|fact| !taken && !map.contains_key(fact))
        else {
            continue;
        };
        if let Some(first) = columns.of.insert(fact, at) {
            columns.of.insert(fact, first);
            let text = format!(
                "`{title}` and `{}` could both be {}; say which with --map {}=TITLE",
                titles[first],
                fact.as_str(),
                fact.as_str()
            );
            columns.wrong.push((at, text));
        }
    }
    columns
}
