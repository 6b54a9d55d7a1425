//! Where everything of the horizon stands: rows of work above the line, rows of trouble below it.

use yew::AttrValue;

use super::Lane;
use crate::charts::width_of;
use crate::format::lasting;
use crate::order::by_key;

/// From row to row, above and below the line.
const PITCH: f64 = 13.5;
const HANG: f64 = 14.0;
/// The room of the clock above.
const TOP: f64 = 14.0;
/// Two minutes: less would turn a moment into an hour.
const LEAST_REACH_US: i64 = 120_000_000;
const MOST_ROWS: usize = 12;
const LEAST_ROWS: usize = 4;
const MOST_HUNG: usize = 5;

/// A piece of work in the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Whose: the place among the lanes.
    pub lane: usize,
    /// Its left edge.
    pub left: f64,
    /// Its right edge.
    pub right: f64,
    /// Its upper edge.
    pub top: f64,
    /// It works now.
    pub live: bool,
    /// Its name, where there is room for it.
    pub name: Option<AttrValue>,
}

/// Trouble in the picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Hung {
    /// Somebody is waited for, up to now.
    Wait {
        /// Since here.
        left: f64,
        /// Its upper edge.
        top: f64,
        /// Who waits, and how long.
        words: String,
    },
    /// Work ended in trouble.
    Stop {
        /// Here.
        x: f64,
        /// The foot of the work it hangs from.
        from: f64,
        /// The upper edge of its row.
        top: f64,
        /// Who, and what happened.
        words: String,
        /// It failed; else it was interrupted.
        failed: bool,
        /// The words stand to the left, for want of room.
        leftward: bool,
    },
}

/// The whole picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The work.
    pub standing: Vec<Standing>,
    /// The trouble.
    pub hung: Vec<Hung>,
    /// The height of the line.
    pub sea: f64,
    /// The height of all.
    pub height: f64,
    /// What found no room.
    pub more: Option<String>,
}

/// How far back the picture reaches: to the oldest work in it and a little further, so that a young fleet fills it too.
pub fn reach(lanes: &[Lane], now_us: i64, most_us: i64) -> i64 {
    let starts = lanes.iter().map(|lane| lane.start_us.max(now_us - most_us));
    let oldest = starts.min().unwrap_or(now_us - most_us);
    ((now_us - oldest) / 10 * 11).clamp(LEAST_REACH_US.min(most_us), most_us)
}

/// Lays out the work between two moments over a width.
pub fn lay(lanes: &[Lane], from_us: i64, now_us: i64, width: f64) -> Picture {
    let span = (now_us - from_us).max(1) as f64;
    // Before the page has been laid out its place is no pixel wide.
    let width = width.max(1.0);
    let x = |at_us: i64| ((at_us - from_us) as f64 / span * width).clamp(0.0, width - 1.0);
    let mut order: Vec<usize> = (0..lanes.len())
        .filter(|&at| lanes[at].end_us.is_none_or(|end| end >= from_us) && lanes[at].start_us <= now_us)
        .collect();
    by_key(&mut order, |&at| (lanes[at].start_us, at));

    let mut free: Vec<f64> = Vec::new();
    let mut placed: Vec<(usize, usize, f64, f64)> = Vec::new();
    let mut over = 0;
    for lane in order {
        let (left, right) = (x(lanes[lane].start_us), lanes[lane].end_us.map_or(width - 1.0, x));
        let row = free.iter().position(|&until| until <= left).unwrap_or(free.len());
        if row >= MOST_ROWS {
            over += 1;
            continue;
        }
        if row == free.len() {
            free.push(0.0);
        }
        free[row] = right + 2.0;
        placed.push((lane, row, left, right));
    }
    let sea = TOP + free.len().max(LEAST_ROWS) as f64 * PITCH + 1.0;
    let top = |row: usize| sea - 1.0 - (row + 1) as f64 * PITCH;
    let stand = |&(lane, row, left, right): &(usize, usize, f64, f64)| {
        let name = &lanes[lane].name;
        let fits = width_of(name) * 0.95 + 12.0 <= right - left;
        Standing {
            lane,
            left,
            right,
            top: top(row),
            live: lanes[lane].end_us.is_none(),
            name: fits.then(|| name.clone()),
        }
    };
    let standing: Vec<Standing> = placed.iter().map(stand).collect();
    let (hung, rows, unhung) = hang(lanes, &standing, from_us, now_us, width, sea, &x);
    let more = match (over, unhung) {
        (0, 0) => None,
        (over, 0) => Some(format!("{over} more at work")),
        (0, unhung) => Some(format!("{unhung} more in trouble")),
        (over, unhung) => Some(format!("{over} more at work, {unhung} in trouble")),
    };
    Picture { standing, hung, sea, height: (sea + rows.max(1) as f64 * HANG + 9.5).round(), more }
}

fn hang(
    lanes: &[Lane],
    standing: &[Standing],
    from_us: i64,
    now_us: i64,
    width: f64,
    sea: f64,
    x: &impl Fn(i64) -> f64,
) -> (Vec<Hung>, usize, usize) {
    let mut taken: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut hung = Vec::new();
    let mut over = 0;
    let mut place = |from: f64, to: f64| {
        let row = taken
            .iter()
            .position(|row| row.iter().all(|&(a, b)| to + 6.0 < a || b + 6.0 < from))
            .unwrap_or(taken.len());
        if row >= MOST_HUNG {
            return None;
        }
        if row == taken.len() {
            taken.push(Vec::new());
        }
        taken[row].push((from, to));
        Some(sea + 5.5 + row as f64 * HANG)
    };
    let mut waits: Vec<(i64, &Lane)> = standing
        .iter()
        .filter_map(|s| lanes.get(s.lane))
        .filter_map(|lane| Some((lane.waits_since_us?, lane)))
        .collect();
    by_key(&mut waits, |(since, _)| *since);
    for (since, lane) in waits {
        let words = format!("{} waits {}", lane.name, lasting(now_us - since));
        // A wait older than the picture still leaves room for its words.
        let left = x(since).max(width_of(&words) + 10.0).min(width - 3.0);
        match place(left - 8.0 - width_of(&words), width) {
            Some(top) => hung.push(Hung::Wait { left, top, words }),
            None => over += 1,
        }
    }
    for stand in standing {
        let Some((lane, stop)) = lanes.get(stand.lane).and_then(|lane| Some((lane, lane.stop.as_ref()?)))
        else {
            continue;
        };
        if stop.at_us < from_us {
            continue;
        }
        let at = x(stop.at_us);
        let words = match (width < 480.0, stop.failed) {
            (true, true) => "failed".to_owned(),
            (true, false) => "stopped".to_owned(),
            (false, _) => format!("{} {}", lane.name, stop.words),
        };
        let wide = width_of(&words) + 12.0;
        let leftward = at + wide > width;
        let (from, to) = if leftward { (at - wide, at + 4.0) } else { (at - 4.0, at + wide) };
        match place(from, to) {
            Some(top) => hung.push(Hung::Stop {
                x: at,
                from: stand.top + 11.0,
                top,
                words,
                failed: stop.failed,
                leftward,
            }),
            None => over += 1,
        }
    }
    let rows = taken.len();
    (hung, rows, over)
}

#[cfg(test)]
mod tests {
    use super::super::Stop;
    use super::*;

    fn lane(start_us: i64, end_us: Option<i64>) -> Lane {
        Lane {
            id: "a".into(),
            name: "Builder".into(),
            class: "is-builder".into(),
            start_us,
            end_us,
            waits_since_us: None,
            stop: None,
        }
    }

    #[test]
    fn work_that_follows_work_stands_on_the_same_row() {
        let picture = lay(&[lane(0, Some(400)), lane(500, None), lane(100, None)], 0, 1_000, 1_000.0);
        let tops: Vec<f64> = picture.standing.iter().map(|s| s.top).collect();
        assert_eq!((picture.standing[0].lane, picture.standing[1].lane, picture.standing[2].lane), (0, 2, 1));
        assert_eq!(tops[0], tops[2], "the second builder takes the freed row");
        assert!(tops[1] < tops[0], "what overlaps stands higher");
        assert!(picture.standing.iter().all(|s| s.top + 11.0 < picture.sea));
    }

    #[test]
    fn the_picture_reaches_back_to_the_oldest_work_within_bounds() {
        let minute = 60_000_000;
        let hour = 60 * minute;
        assert_eq!(reach(&[], 0, hour), hour, "nothing to show: the whole stretch");
        assert_eq!(reach(&[lane(-1, None)], 0, hour), 2 * minute);
        assert_eq!(reach(&[lane(-10 * minute, Some(-9 * minute)), lane(-1, None)], 0, hour), 11 * minute);
        assert_eq!(reach(&[lane(-10 * hour, None)], 0, hour), hour);
    }

    #[test]
    fn before_it_is_laid_out_it_draws_nothing_and_does_not_fail() {
        let picture = lay(&[lane(0, None)], 0, 1_000, 0.0);
        assert_eq!((picture.standing[0].left, picture.standing[0].right), (0.0, 0.0));
    }

    #[test]
    fn old_work_is_cut_at_the_edge_and_older_work_is_gone() {
        let picture = lay(&[lane(-500, Some(100)), lane(-500, Some(-1))], 0, 1_000, 1_000.0);
        assert_eq!(picture.standing.len(), 1);
        assert_eq!(picture.standing[0].left, 0.0);
    }

    #[test]
    fn trouble_hangs_in_rows_that_do_not_cover_each_other() {
        let mut lanes: Vec<Lane> = (0..3).map(|_| lane(0, None)).collect();
        for (lane, since) in lanes.iter_mut().zip([900, 700, 800]) {
            lane.waits_since_us = Some(since);
        }
        let mut failed = lane(0, Some(300));
        failed.stop = Some(Stop { at_us: 300, words: "failed".into(), failed: true });
        lanes.push(failed);
        let picture = lay(&lanes, 0, 1_000, 1_000.0);
        let tops: Vec<f64> = picture
            .hung
            .iter()
            .map(|h| match h {
                Hung::Wait { top, .. } | Hung::Stop { top, .. } => *top,
            })
            .collect();
        assert_eq!(tops.len(), 4);
        assert_eq!(tops[3], tops[0], "the failure shares the first row, far to the left of the waits");
        assert!(tops[0] < tops[1] && tops[1] < tops[2]);
        assert!(
            matches!(&picture.hung[0], Hung::Wait { left, .. } if *left == 700.0),
            "the longest wait is on top"
        );
    }

    #[test]
    fn a_crowd_is_counted_rather_than_drawn() {
        let crowd: Vec<Lane> = (0..40).map(|_| lane(0, None)).collect();
        let picture = lay(&crowd, 0, 1_000, 1_000.0);
        assert_eq!(picture.standing.len(), 12);
        assert_eq!(picture.more.as_deref(), Some("28 more at work"));
    }
}
