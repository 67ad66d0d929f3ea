//! What it was measured on.
//!
//! Invariant: what cannot be read is "unknown", never guessed. Files come through a reader: this
//! room opens none.

/// Text of a file of the system by its path, where it can be read.
pub type Reader<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The machine and the build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Model of the processor.
    pub cpu: String,
    /// Processors that may be used.
    pub cores: usize,
    /// Caches of the first processor, such as `L2 512K`.
    pub caches: Vec<String>,
    /// Octets of those that sets of frames are made for, where they are known.
    pub levels: Option<Caches>,
    /// Octets of memory that are free to use.
    pub memory: Option<u64>,
    /// The operating system's kernel.
    pub os: String,
    /// Its policy for huge pages.
    pub huge_pages: String,
    /// Load averages over 1, 5 and 15 minutes when it began.
    pub load: String,
    /// `release` or `debug`.
    pub profile: &'static str,
    /// Version of trunklab.
    pub version: &'static str,
}

/// Octets of two caches of a processor, each with what it holds of the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caches {
    /// The level-2 cache.
    pub second: u64,
    /// The last one.
    pub last: u64,
}

impl Default for Caches {
    /// Where nobody knows: 1 MiB and 32 MiB.
    fn default() -> Self {
        Self {
            second: 1 << 20,
            last: 32 << 20,
        }
    }
}

const UNKNOWN: &str = "unknown";
const CACHES: &str = "/sys/devices/system/cpu/cpu0/cache";

impl Machine {
    /// Describes this machine.
    pub fn read(read: Reader<'_>) -> Self {
        let line = |path: &str| {
            read(path)
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let field = |path: &str, name: &str| {
            let text = read(path)?;
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let caches = caches(&line);
        let kib = |text: String| text.trim_end_matches("kB").trim().parse::<u64>().ok();
        let load = line("/proc/loadavg").map(|text| text.split(' ').take(3).collect::<Vec<_>>().join(" "));
        let os = [line("/proc/sys/kernel/ostype"), line("/proc/sys/kernel/osrelease")];
        let os: Vec<_> = os.into_iter().flatten().collect();
        let unknown = |text: Option<String>| text.unwrap_or_else(|| UNKNOWN.to_owned());
        Self {
            cpu: unknown(field("/proc/cpuinfo", "model name")),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            levels: levels(&caches),
            caches: caches
                .into_iter()
                .map(|(level, kind, octets)| format!("L{level}{kind} {}", size(octets)))
                .collect(),
            memory: field("/proc/meminfo", "MemAvailable")
                .and_then(kib)
                .map(|kib| kib << 10),
            os: unknown(Some(os.join(" ")).filter(|text| !text.is_empty())),
            huge_pages: unknown(
                line("/sys/kernel/mm/transparent_hugepage/enabled")
                    .as_deref()
                    .and_then(chosen),
            ),
            load: unknown(load),
            profile: if cfg!(debug_assertions) { "debug" } else { "release" },
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// Level, kind and octets of each cache of the first processor.
fn caches(line: &dyn Fn(&str) -> Option<String>) -> Vec<(u8, &'static str, u64)> {
    let one = |index: u8| {
        let of = |name: &str| line(&format!("{CACHES}/index{index}/{name}"));
        let kind = match of("type")?.as_str() {
            "Data" => "d",
            "Instruction" => "i",
            _ => "",
        };
        Some((of("level")?.parse().ok()?, kind, octets(&of("size")?)?))
    };
    (0..10).map_while(one).collect()
}

/// Those that hold data at level 2 and at the last level.
fn levels(caches: &[(u8, &'static str, u64)]) -> Option<Caches> {
    let data = caches.iter().filter(|cache| cache.1 != "i");
    let second = data.clone().find(|cache| cache.0 == 2)?.2;
    let last = data.max_by_key(|cache| cache.0)?.2;
    Some(Caches { second, last })
}

fn octets(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(['K', 'M']);
    let shift = match &text[digits.len()..] {
        "K" => 10,
        "M" => 20,
        _ => 0,
    };
    Some(digits.parse::<u64>().ok()? << shift)
}

fn size(octets: u64) -> String {
    if octets >= 1 << 20 && octets.is_multiple_of(1 << 20) {
        format!("{}M", octets >> 20)
    } else {
        format!("{}K", octets >> 10)
    }
}

/// The word in brackets.
fn chosen(text: &str) -> Option<String> {
    Some(text.split_once('[')?.1.split_once(']')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_unknown() {
        let machine = Machine::read(&|_| None);
        assert_eq!((machine.cpu.as_str(), machine.os.as_str()), (UNKNOWN, UNKNOWN));
        assert_eq!((machine.levels, machine.memory), (None, None));
        assert!(machine.caches.is_empty() && machine.cores > 0);
    }

    #[test]
    fn a_linux_machine_is_described() {
        let machine = Machine::read(&|path| {
            let text = match path {
                "/proc/cpuinfo" => "processor\t: 0\nmodel name\t: A Good One\n",
                "/proc/meminfo" => "MemTotal: 9 kB\nMemAvailable:    2048 kB\n",
                "/proc/loadavg" => "0.10 0.20 0.30 1/2 3\n",
                "/proc/sys/kernel/osrelease" => "6.12.1\n",
                "/sys/kernel/mm/transparent_hugepage/enabled" => "always [madvise] never\n",
                "/sys/devices/system/cpu/cpu0/cache/index0/level" => "1\n",
                "/sys/devices/system/cpu/cpu0/cache/index0/type" => "Data\n",
                "/sys/devices/system/cpu/cpu0/cache/index0/size" => "48K\n",
                "/sys/devices/system/cpu/cpu0/cache/index1/level" => "2\n",
                "/sys/devices/system/cpu/cpu0/cache/index1/type" => "Instruction\n",
                "/sys/devices/system/cpu/cpu0/cache/index1/size" => "64K\n",
                "/sys/devices/system/cpu/cpu0/cache/index2/level" => "2\n",
                "/sys/devices/system/cpu/cpu0/cache/index2/type" => "Unified\n",
                "/sys/devices/system/cpu/cpu0/cache/index2/size" => "512K\n",
                "/sys/devices/system/cpu/cpu0/cache/index3/level" => "3\n",
                "/sys/devices/system/cpu/cpu0/cache/index3/type" => "Unified\n",
                "/sys/devices/system/cpu/cpu0/cache/index3/size" => "32768K\n",
                _ => return None,
            };
            Some(text.to_owned())
        });
        assert_eq!(machine.cpu, "A Good One");
        assert_eq!(machine.caches, ["L1d 48K", "L2i 64K", "L2 512K", "L3 32M"]);
        let levels = Caches {
            second: 512 << 10,
            last: 32 << 20,
        };
        assert_eq!((machine.levels, machine.memory), (Some(levels), Some(2 << 20)));
        assert_eq!(
            (machine.huge_pages.as_str(), machine.load.as_str()),
            ("madvise", "0.10 0.20 0.30")
        );
    }
}
