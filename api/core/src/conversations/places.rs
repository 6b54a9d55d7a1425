//! The places of a file that a change touched. Whoever counts, lists or shows a change asks here, so that all say the
//! same of it.

use super::{Change, ChangeKind, Hunk};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

/// Lines that stay around what changed.
const AROUND: usize = 3;
/// Lines of both texts that are compared one with the other: of longer ones all that lies between what they begin and
/// end with is replaced.
const MOST: usize = 20_000;

impl Change {
    /// The places: as the program noted them, else where the two texts differ. Each line stands behind ` `, `-` or `+`,
    /// without its line feed; a carriage return before that belongs to the file, and stays.
    pub fn into_places(self) -> Vec<Hunk> {
        if self.kind == ChangeKind::Read {
            return Vec::new();
        }
        if self.hunks.is_empty() { self.differing() } else { self.hunks.into_iter().map(noted).collect() }
    }

    /// Lines added and taken out, where it is known what stands there now.
    pub fn weight(&self) -> Option<(u64, u64)> {
        if self.kind == ChangeKind::Read || (self.hunks.is_empty() && self.new.is_none()) {
            return None;
        }
        let differing = if self.hunks.is_empty() { self.differing() } else { Vec::new() };
        let all = |sign| {
            let lines = self.hunks.iter().chain(&differing).flat_map(|place| &place.lines);
            lines.filter(|line| line.starts_with(sign)).count() as u64
        };
        Some((all('+'), all('-')))
    }

    fn differing(&self) -> Vec<Hunk> {
        let lines = |text: &Option<String>| -> Vec<String> {
            let lines = text.as_deref().unwrap_or_default().split_inclusive('\n');
            lines.map(|line| line.strip_suffix('\n').unwrap_or(line).to_owned()).collect()
        };
        let (old, new) = (lines(&self.old), lines(&self.new));
        // Of a passage nobody knows which lines of the file it is.
        let is_whole = self.kind == ChangeKind::Create || self.total_lines.is_some();
        // As patches count: of a side without a line it is the one before.
        let start = |before: usize, lines: usize| match is_whole {
            true => before as u64 + u64::from(lines > 0),
            false => 0,
        };
        let place = |group: Vec<DiffOp>| {
            let mut lines = Vec::new();
            for (tag, gone, come) in group.iter().map(DiffOp::as_tag_tuple) {
                if tag == DiffTag::Equal {
                    lines.extend(old[gone].iter().map(|line| format!(" {line}")));
                } else {
                    lines.extend(old[gone].iter().map(|line| format!("-{line}")));
                    lines.extend(new[come].iter().map(|line| format!("+{line}")));
                }
            }
            let without = |sign| lines.iter().filter(|line| !line.starts_with(sign)).count();
            let (gone, come) = group.first().map(|op| (op.old_range(), op.new_range())).unwrap_or_default();
            let (old_start, new_start) = (start(gone.start, without('+')), start(come.start, without('-')));
            Hunk { old_start, new_start, lines }
        };
        group_diff_ops(compared(&old, &new), AROUND).into_iter().map(place).collect()
    }
}

fn compared(old: &[String], new: &[String]) -> Vec<DiffOp> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (gone, come) = (old.len() - head - tail, new.len() - head - tail);
    if gone + come <= MOST {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    let equal = |old_index, new_index, len| DiffOp::Equal { old_index, new_index, len };
    let replaced = DiffOp::Replace { old_index: head, old_len: gone, new_index: head, new_len: come };
    vec![equal(0, 0, head), replaced, equal(head + gone, head + come, tail)]
}

/// A place as it was noted: what says that a line has no end is no line.
fn noted(hunk: Hunk) -> Hunk {
    let line = |line: String| match line.chars().next() {
        Some(' ' | '-' | '+') => Some(line),
        Some('\\') => None,
        _ => Some(format!(" {line}")),
    };
    Hunk { lines: hunk.lines.into_iter().filter_map(line).collect(), ..hunk }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: ChangeKind, old: Option<&str>, new: &str) -> Change {
        Change { kind, old: old.map(str::to_owned), new: Some(new.to_owned()), ..Change::default() }
    }

    #[track_caller]
    fn check(change: Change, starts: &[(u64, u64)], expected: &[&str]) {
        let weight = change.weight();
        let places = change.into_places();
        let found: Vec<_> = places.iter().map(|place| (place.old_start, place.new_start)).collect();
        let lines: Vec<_> = places.iter().flat_map(|place| &place.lines).map(String::as_str).collect();
        assert_eq!((&found[..], &lines[..]), (starts, expected));
        let all = |sign| expected.iter().filter(|line| line.starts_with(sign)).count() as u64;
        assert_eq!(weight, Some((all('+'), all('-'))));
    }

    #[test]
    fn what_stays_between_two_changes_is_neither_added_nor_taken_out() {
        let (old, new) = ("a\nb\nc\nd\n", "x\nb\nc\ny\n");
        check(change(ChangeKind::Update, Some(old), new), &[(0, 0)], &["-a", "+x", " b", " c", "-d", "+y"]);
        check(change(ChangeKind::Create, None, "a\r\nb"), &[(0, 1)], &["+a\r", "+b"]);
        check(change(ChangeKind::Update, Some("a\n"), "a"), &[], &[]);
        let numbers =
            |lines: std::ops::RangeInclusive<u32>| lines.map(|line| format!("{line}\n")).collect::<String>();
        let (old, new) = (numbers(1..=20), numbers(2..=19));
        let over = Change { total_lines: Some(18), ..change(ChangeKind::Update, Some(&old), &new) };
        check(over, &[(1, 1), (17, 16)], &["-1", " 2", " 3", " 4", " 17", " 18", " 19", "-20"]);
    }

    #[test]
    fn texts_too_long_to_compare_are_replaced_between_what_they_share() {
        let middle = |word: &str| format!("first\n{}last\n", format!("{word}\n").repeat(15_000));
        let places = change(ChangeKind::Update, Some(&middle("a")), &middle("b")).into_places();
        let [place] = &places[..] else { panic!("{} places", places.len()) };
        assert_eq!(place.lines.len(), 30_002);
        assert_eq!((place.lines[0].as_str(), place.lines[15_001].as_str()), (" first", "+b"));
    }

    #[test]
    fn noted_places_are_lines_behind_their_signs() {
        let lines = [" a", "-b\r", "+c", "\\ No newline at end of file", "d"].map(str::to_owned).to_vec();
        let hunks = vec![Hunk { old_start: 3, new_start: 4, lines }];
        check(
            Change { hunks, ..change(ChangeKind::Update, None, "") },
            &[(3, 4)],
            &[" a", "-b\r", "+c", " d"],
        );
    }
}
