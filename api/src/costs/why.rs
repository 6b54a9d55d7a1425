//! Why a day's sum is what it is: the day's lines counted again in the session files, the way others count them.

use super::calendar::Calendar;
use crate::{
    apart::apart,
    prices::Prices,
    sources::{files::open_plain, import},
    store::{Beside, Cut, FileRow, Span, Store, StoreError},
};
use orchestrator::{
    accounts::{Account, Closed, reckon},
    transcripts::{lines::Lines, session::is_whole},
};
use quarterdeck_shared::{
    Timestamp,
    costs::{CostSum, CostsQuery, Why, WhyQuery},
};
use std::{
    collections::HashSet,
    hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher},
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::PathBuf,
};
use tokio::sync::Semaphore;

/// Bytes that are read at a time.
const CHUNK_BYTES: usize = 256 << 10;
/// Who reads has the disk and a processor alone: a day may be gigabytes of files.
static READING: Semaphore = Semaphore::const_new(1);

/// A number that is another one where the session files of a day are others: written further, or gone.
pub async fn files_stamp(store: &Store, query: &WhyQuery) -> Result<u64, StoreError> {
    let day = Day::of(store, query).await?;
    apart(move || {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let stamp = |(path, _): &(PathBuf, u64)| {
            let metadata = path.symlink_metadata().ok();
            hasher.hash_one((path, metadata.map(|it| (it.ino(), it.size(), it.mtime(), it.mtime_nsec()))))
        };
        day.files.iter().map(stamp).fold(0, u64::wrapping_add)
    })
    .await
}

/// Accounts for a day. Every session file that was written on that day or later is read again, as far as it was taken
/// in.
pub async fn why(store: &Store, prices: &Prices, query: &WhyQuery) -> Result<Why, StoreError> {
    let Day { timezone, from, before, files } = Day::of(store, query).await?;
    let span = Span { from: Some(from), before: Some(before), ..Span::default() };
    let mut sum = CostSum::default();
    store.costs(Cut::Model, &span).await?.iter().for_each(|cell| sum.add(&cell.sum));
    let Beside { elsewhere_records, elsewhere, reported_usd, reported_records } =
        store.beside_files(from, before).await?;
    let prices = prices.current();
    let reading = READING.acquire().await;
    let reading = reading.map_err(|error| StoreError::Refused { reason: error.to_string() })?;
    let by = prices.clone();
    let read = apart(move || {
        let mut account = Account::new(&by, from, before);
        let missing = files.iter().filter(|file| read(file, &mut account).is_err()).count() as u64;
        // Held until it ends, even where nobody waits for it any more.
        drop(reading);
        (account.close(), missing)
    });
    let (closed, missing_files) = read.await?;
    let Closed { lines, every_line, first_line, mut repeated, .. } = closed;
    let messages: Vec<_> = repeated.iter().map(|observed| observed.message_id.clone()).collect();
    let counted = store.usage_of_messages(&messages).await?;
    let counted: HashSet<_> = counted.into_iter().map(|record| record.message_id).collect();
    repeated.retain(|observed| !counted.contains(&observed.message_id));
    Ok(Why {
        day: query.day.clone(),
        timezone,
        sum,
        lines,
        every_line,
        first_line,
        elsewhere_records,
        elsewhere,
        left_out_responses: repeated.len() as u64,
        left_out: reckon(&prices, &repeated),
        reported_usd,
        reported_records,
        missing_files,
    })
}

/// A day, and the session files that may tell of it.
struct Day {
    timezone: String,
    from: Timestamp,
    before: Timestamp,
    /// Where they are, and how far they were taken in.
    files: Vec<(PathBuf, u64)>,
}

impl Day {
    async fn of(store: &Store, query: &WhyQuery) -> Result<Self, StoreError> {
        let calendar =
            Calendar::of(&CostsQuery { timezone: query.timezone.clone(), ..CostsQuery::default() })?;
        if query.day.len() != 10 {
            let message = "a day is written 2026-11-22".to_owned();
            return Err(StoreError::Invalid { field: "day", message });
        }
        let (from, before) =
            (calendar.first_moment("day", &query.day)?, calendar.moment_after("day", &query.day)?);
        let files = store.source_files(import::NAME).await?;
        // A file that is being read has no moment yet.
        let since = |file: &FileRow| file.modified_ns == 0 || file.modified_ns / 1_000 >= from.micros();
        let written = files.into_iter().filter(since);
        let files = written.map(|file| (PathBuf::from(file.path), file.read_bytes)).collect();
        Ok(Self { timezone: calendar.name(), from, before, files })
    }
}

fn read((path, upto): &(PathBuf, u64), account: &mut Account<'_>) -> io::Result<()> {
    let (file, _) = open_plain(path)?;
    let mut file = file.take(*upto);
    account.next_file();
    let (mut lines, mut chunk) = (Lines::from(0), vec![0; CHUNK_BYTES]);
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            read => lines.push(&chunk[..read], |line| account.take(line)),
        }
    }
    lines.finish(is_whole, |line| account.take(line));
    Ok(())
}
