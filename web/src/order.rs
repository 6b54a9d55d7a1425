//! Sorting in little code. The standard sort is copied for each type it sorts, some three kilobytes a time, and a page
//! pays for each; this one exists once and sorts places.

use std::cmp::Ordering;

/// Sorts by what `compare` says; equals keep their order.
pub fn by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = sorted(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    arrange(order, &mut |a, b| items.swap(a, b));
}

/// Sorts by a key, the smallest first; equals keep their order.
pub fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts by a key, the largest first; equals keep their order.
pub fn largest_first<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(b).cmp(&key(a)));
}

/// The places `0..count` in order, by merging runs of growing length.
fn sorted(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut merged = Vec::with_capacity(count);
    let mut run = 1;
    while run < count {
        merged.clear();
        for pair in order.chunks(2 * run) {
            let (mut left, mut right) = pair.split_at(run.min(pair.len()));
            while let ([a, on_left @ ..], [b, on_right @ ..]) = (left, right) {
                if compare(*a, *b) == Ordering::Greater {
                    merged.push(*b);
                    right = on_right;
                } else {
                    merged.push(*a);
                    left = on_left;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(&mut order, &mut merged);
        run *= 2;
    }
    order
}

/// Brings what stands at `order[n]` to place `n`, by swapping along each cycle.
fn arrange(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut place = start;
        while let Some(from) = order.get_mut(place).map(|slot| std::mem::replace(slot, place)) {
            if from == start {
                break;
            }
            swap(place, from);
            place = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in no order, the same each time.
    fn scattered(count: usize) -> Vec<(u32, usize)> {
        let mut state = 7_u32;
        let next = |at| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24 & 31, at)
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn it_sorts_as_the_standard_sort_does_and_keeps_equals_in_their_order() {
        for count in [0, 1, 2, 3, 7, 8, 100, 1_000] {
            let (mut ours, mut theirs) = (scattered(count), scattered(count));
            by_key(&mut ours, |item| item.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs, "{count} items");
            let (mut ours, mut theirs) = (scattered(count), scattered(count));
            largest_first(&mut ours, |item| item.0);
            theirs.sort_by_key(|item| std::cmp::Reverse(item.0));
            assert_eq!(ours, theirs, "{count} items, largest first");
        }
    }
}
