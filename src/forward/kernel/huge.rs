//! Huge pages, where they can be had.
//!
//! One of the files where `unsafe` may stand.

/// Asks the kernel to back the room of a long list by huge pages, as it is filled. It is a hint:
/// nothing depends on whether it is followed.
pub(in crate::forward) fn ask_for_huge_pages<T>(list: &mut Vec<T>) {
    #[cfg(target_os = "linux")]
    {
        const HUGE: usize = 2 << 20;
        let room = list.spare_capacity_mut();
        let start = room.as_ptr().addr();
        let (first, end) = (start.next_multiple_of(HUGE), start + size_of_val(room));
        if end / HUGE * HUGE > first {
            let octets = end / HUGE * HUGE - first;
            let at = room.as_mut_ptr().wrapping_byte_add(first - start);
            // SAFETY: the range is inside the list's own room, and this advice changes no octet.
            unsafe { libc::madvise(at.cast(), octets, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = list;
}
