//! Calls into the kernel that std does not have: bpf(2), huge pages, signals.
//!
//! The only unsafe code of this room. What it offers is safe: lengths are kept next to what they
//! are lengths of, and every descriptor is owned.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// The kernel's `union bpf_attr`, written by offset; what a kernel does not know must be zero.
struct Attr([u64; 18]);

impl Attr {
    fn new() -> Self {
        Self([0; 18])
    }
    /// 32 bits at this offset in octets.
    fn u32(mut self, at: usize, value: u32) -> Self {
        let mut word = self.0[at / 8].to_ne_bytes();
        word[at % 8..at % 8 + 4].copy_from_slice(&value.to_ne_bytes());
        self.0[at / 8] = u64::from_ne_bytes(word);
        self
    }
    /// 64 bits at this offset in octets.
    fn u64(mut self, at: usize, value: u64) -> Self {
        self.0[at / 8] = value;
        self
    }
    fn read_u32(&self, at: usize) -> u32 {
        let word = self.0[at / 8].to_ne_bytes();
        u32::from_ne_bytes([word[at % 8], word[at % 8 + 1], word[at % 8 + 2], word[at % 8 + 3]])
    }
}

fn address<T>(of: &[T]) -> u64 {
    of.as_ptr() as u64
}

fn address_mut<T>(of: &mut [T]) -> u64 {
    of.as_mut_ptr() as u64
}

fn length<T>(of: &[T]) -> u32 {
    u32::try_from(of.len()).unwrap_or(u32::MAX)
}

/// One call; `used` octets of the attributes count. Every address in them must be valid as the command uses it.
#[cfg(target_os = "linux")]
fn bpf(command: libc::c_long, attr: &mut Attr, used: usize) -> io::Result<i32> {
    // SAFETY: `attr` is writable and at least `used` long; the private callers below put in only
    // addresses of slices that they hold across the call, with the lengths that the command reads or writes.
    let got = unsafe { libc::syscall(libc::SYS_bpf, command, attr.0.as_mut_ptr(), used.min(144)) };
    i32::try_from(got)
        .ok()
        .filter(|&got| got >= 0)
        .ok_or_else(io::Error::last_os_error)
}

#[cfg(not(target_os = "linux"))]
fn bpf(_: libc::c_long, _: &mut Attr, _: usize) -> io::Result<i32> {
    Err(io::ErrorKind::Unsupported.into())
}

fn owned(descriptor: i32) -> OwnedFd {
    // SAFETY: the kernel has just made this descriptor for us and nobody else owns it.
    unsafe { OwnedFd::from_raw_fd(descriptor) }
}

fn number(descriptor: &OwnedFd) -> u32 {
    u32::try_from(descriptor.as_raw_fd()).unwrap_or(u32::MAX)
}

/// An array in the kernel.
pub(super) struct Map {
    descriptor: OwnedFd,
    /// Octets that the kernel reads or writes for one value (of all processors).
    value: usize,
}

impl Map {
    /// `entries` values of `octets` (a multiple of 8) each; per processor if `processors` is given.
    pub(super) fn array(octets: usize, entries: u32, processors: Option<usize>) -> io::Result<Self> {
        let kind = if processors.is_some() { 6 } else { 2 };
        let size = u32::try_from(octets.next_multiple_of(8)).map_err(|_| io::ErrorKind::InvalidInput)?;
        let attr = Attr::new().u32(0, kind).u32(4, 4).u32(8, size).u32(12, entries);
        let descriptor = owned(bpf(0, &mut { attr }, 72)?);
        Ok(Self {
            descriptor,
            value: size as usize * processors.unwrap_or(1),
        })
    }

    /// What a program's load instruction names.
    pub(super) fn number(&self) -> u32 {
        number(&self.descriptor)
    }

    pub(super) fn put(&self, key: u32, value: &[u64]) -> io::Result<()> {
        if value.len() * 8 != self.value {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let key = [key];
        let attr = Attr::new()
            .u32(0, self.number())
            .u64(8, address(&key))
            .u64(16, address(value));
        bpf(2, &mut { attr }, 32).map(drop)
    }

    /// The value, of one processor after another.
    pub(super) fn get(&self, key: u32) -> io::Result<Vec<u64>> {
        let key = [key];
        let mut value = vec![0_u64; self.value.div_ceil(8)];
        let attr = Attr::new()
            .u32(0, self.number())
            .u64(8, address(&key))
            .u64(16, address_mut(&mut value));
        bpf(1, &mut { attr }, 32)?;
        Ok(value)
    }
}

/// A program of the XDP kind, in the kernel, attached to nothing.
pub(super) struct Program(OwnedFd);

/// What a run of a program came to.
pub(super) struct ProgramRun {
    /// What it returned, the last time.
    pub returned: u32,
    /// Nanoseconds a frame by the wall, averaged by the kernel, rounded down.
    pub nanos: u32,
}

impl Program {
    /// Loads it, or says what the verifier said.
    pub(super) fn load(instructions: &[u64]) -> Result<Self, String> {
        let load = |log: &mut [u8]| {
            let level = u32::from(!log.is_empty());
            let attr = Attr::new()
                .u32(0, 6)
                .u32(4, length(instructions))
                .u64(8, address(instructions))
                .u64(16, address(b"Dual MIT/GPL\0"))
                .u32(24, level)
                .u32(28, length(log))
                .u64(32, if log.is_empty() { 0 } else { address_mut(log) });
            bpf(5, &mut { attr }, 72)
        };
        match load(&mut []) {
            Ok(descriptor) => Ok(Self(owned(descriptor))),
            Err(refused) if refused.kind() == io::ErrorKind::PermissionDenied => {
                Err(format!("the kernel refuses bpf(2): {refused}"))
            }
            Err(refused) => {
                let mut log = vec![0; 65_536];
                let _ = load(&mut log);
                let said = String::from_utf8_lossy(&log);
                let last = said.trim_end_matches(['\0', '\n']).lines().rev().take(3);
                let last = last.collect::<Vec<_>>().join(" / ");
                Err(format!("the kernel takes no such program: {refused}: {last}"))
            }
        }
    }

    /// Runs it `repeat` times over one frame, which then is as the last run left it.
    pub(super) fn run(&self, frame: &mut [u8], repeat: u32) -> io::Result<ProgramRun> {
        let sent = frame.to_vec();
        let attr = Attr::new()
            .u32(0, number(&self.0))
            .u32(8, length(&sent))
            .u32(12, length(frame))
            .u64(16, address(&sent))
            .u64(24, address_mut(frame))
            .u32(32, repeat);
        let mut attr = attr;
        bpf(10, &mut attr, 80)?;
        Ok(ProgramRun {
            returned: attr.read_u32(4),
            nanos: attr.read_u32(36),
        })
    }
}

/// Asks for huge pages below these octets, where the system has them. The frames stay as they are.
pub(super) fn ask_for_huge_pages(octets: &mut [u8]) {
    #[cfg(target_os = "linux")]
    {
        const PAGE: usize = 4096;
        let skip = octets.as_ptr().align_offset(PAGE).min(octets.len());
        let inside = &mut octets[skip..];
        let len = inside.len() / PAGE * PAGE;
        // SAFETY: the range lies within a slice that we hold exclusively; this advice changes no octet of it.
        unsafe { libc::madvise(inside.as_mut_ptr().cast(), len, libc::MADV_HUGEPAGE) };
    }
    let _ = octets;
}

/// What can be told to processes that we started.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signal {
    /// End now.
    Kill,
    /// Stand still.
    Stop,
    /// Go on.
    Continue,
}

/// Tells the process group that this child of ours leads. No error: it may have gone.
pub(super) fn tell(child: &std::process::Child, signal: Signal) {
    let Ok(group) = i32::try_from(child.id()) else { return };
    let signal = match signal {
        Signal::Kill => libc::SIGKILL,
        Signal::Stop => libc::SIGSTOP,
        Signal::Continue => libc::SIGCONT,
    };
    if group > 1 {
        // SAFETY: no memory is involved; the number is that of a child not yet waited for, so not reused.
        unsafe { libc::kill(-group, signal) };
    }
}

/// The child leads a process group of its own, and ends when we do, however we end.
pub(super) fn bind(command: &mut Command) {
    command.process_group(0);
    #[cfg(target_os = "linux")]
    {
        // SAFETY: between fork and exec only prctl is called, which allocates nothing and takes no lock.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
    }
}

/// The child is in a network namespace of its own, which goes when it goes; or it does not start.
pub(super) fn own_network(command: &mut Command) {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: between fork and exec only unshare is called, which allocates nothing and takes no lock.
        unsafe {
            command.pre_exec(|| match libc::unshare(libc::CLONE_NEWNET) {
                0 => Ok(()),
                _ => Err(io::Error::last_os_error()),
            });
        }
    }
    let _ = command;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_written_where_the_kernel_reads_them() {
        let attr = Attr::new().u32(0, 1).u32(4, 2).u64(8, 3);
        assert_eq!((attr.read_u32(0), attr.read_u32(4)), (1, 2));
        assert_eq!(attr.0[1], 3);
    }

    #[test]
    fn advice_about_few_octets_leaves_them() {
        let mut octets = [7; 10];
        ask_for_huge_pages(&mut octets);
        ask_for_huge_pages(&mut []);
        assert_eq!(octets, [7; 10]);
    }
}
