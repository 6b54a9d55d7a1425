//! Handles: how many files and connections the process may hold open at a time, and how many sockets fit in.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What is asked for at most: programs that agents start inherit it, and some walk through all of it.
const ENOUGH: u64 = 65_536;
/// What the database, the agents and single requests need beside the sockets.
const RESERVE: u64 = 512;

/// Raises the limit as far as the system allows, and says how many of so many sockets fit in.
pub fn raise(sockets: usize) -> usize {
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        let limit = raisable(soft, hard, sockets);
        setrlimit(Resource::RLIMIT_NOFILE, limit, hard).map(|()| limit)
    });
    match raised.map(|limit| (fitting(limit, sockets), limit)) {
        Ok((fitting, limit)) if fitting < sockets => {
            tracing::warn!("{}", too_few(limit, fitting, sockets));
            fitting
        }
        Ok(_) => sockets,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised");
            sockets
        }
    }
}

/// Whether so many sockets fit in once the limit is raised, and what to do where they do not.
pub fn look(sockets: usize) -> Result<String, String> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).map_err(|error| error.to_string())?;
    let limit = raisable(soft, hard, sockets);
    match fitting(limit, sockets) {
        fitting if fitting < sockets => Err(too_few(limit, fitting, sockets)),
        _ => Ok(format!("{limit} may be open at a time, {sockets} sockets among them")),
    }
}

fn raisable(soft: u64, hard: u64, sockets: usize) -> u64 {
    soft.max(hard.min(ENOUGH.max(RESERVE.saturating_add(sockets as u64))))
}

/// Where little may be open, half of it is for sockets.
fn fitting(limit: u64, sockets: usize) -> usize {
    let room = limit.saturating_sub(RESERVE).max(limit / 2);
    usize::try_from(room).map_or(sockets, |room| room.min(sockets))
}

fn too_few(limit: u64, fitting: usize, sockets: usize) -> String {
    format!(
        "the system lets {limit} files and connections be open at a time, so {fitting} sockets can be, not {sockets}; \
         raise its hard limit (`ulimit -Hn`, `LimitNOFILE` of a service), or lower max_sockets"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_as_far_as_is_allowed_and_needed_and_never_lowered() {
        assert_eq!(raisable(1_024, 4_096, 2_000), 4_096);
        assert_eq!(raisable(1_024, u64::MAX, 2_000), ENOUGH);
        assert_eq!(raisable(1_024, u64::MAX, 100_000), 100_512);
        assert_eq!(raisable(u64::MAX, u64::MAX, 2_000), u64::MAX);
    }

    #[test]
    fn sockets_leave_room_for_everything_else() {
        for (limit, fits) in [(4_096, 2_000), (2_512, 2_000), (2_511, 1_999), (1_024, 512), (300, 150)] {
            assert_eq!(fitting(limit, 2_000), fits, "{limit}");
        }
    }
}
