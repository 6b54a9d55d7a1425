//! Transcripts made from a number: sessions as Claude Code writes them, with what makes counting hard, and their truth.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

/// What was written, counted while it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    pub files: u64,
    pub bytes: u64,
    pub lines: u64,
    /// Requests, each once: copies in forks do not count.
    pub requests: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cache_creation_tokens: u64,
    pub cache_read_tokens: u64,
}

/// Writes sessions of about so many bytes in all below a folder, in `projects/<project>/<session>.jsonl`.
pub fn write(folder: &Path, bytes: u64, seed: u64) -> io::Result<Truth> {
    let mut made = Made { chance: Chance(seed), words: String::new(), truth: Truth::default(), clock: 0 };
    made.words = made.chance.words();
    while made.truth.bytes < bytes {
        made.session(folder, bytes)?;
    }
    Ok(made.truth)
}

/// Numbers that look like chance, the same for the same seed: SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of so many, from zero.
    fn below(&mut self, many: u64) -> u64 {
        self.next() % many.max(1)
    }

    fn within(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    fn is(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn id(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        let text = format!("{a:016x}{b:016x}");
        format!("{}-{}-4{}-a{}-{}", &text[..8], &text[8..12], &text[13..16], &text[17..20], &text[20..32])
    }

    /// Text as it stands between the quotes of JSON, to cut pieces from: code and prose, escapes and other alphabets.
    fn words(&mut self) -> String {
        const SYLLABLES: [&str; 16] = [
            "fn ",
            "let mut ",
            "session",
            "\\n    ",
            "return ",
            "the ",
            "usage",
            " = ",
            "\\\"id\\\"",
            "größe ",
            "await?;",
            "路径",
            "record",
            "\\t",
            "tokens ",
            "};\\n",
        ];
        let mut words = String::with_capacity(280_000);
        while words.len() < 262_144 {
            let at = self.below(16) as usize;
            words.push_str(SYLLABLES[at]);
        }
        words
    }
}

struct Made {
    chance: Chance,
    words: String,
    truth: Truth,
    clock: u64,
}

/// One file that is being written.
struct Sheet {
    session: String,
    agent: Option<String>,
    cwd: String,
    version: &'static str,
    text: String,
    lines: u64,
}

const MODELS: [&str; 5] = [
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "claude-opus-4-5-20251101",
    "claude-sonnet-5",
];
const TOOLS: [&str; 6] = ["Read", "Edit", "Bash", "Grep", "Write", "Glob"];

impl Made {
    fn session(&mut self, folder: &Path, bytes: u64) -> io::Result<()> {
        let project = self.chance.below(40);
        let cwd = format!("/home/dev/project-{project}");
        let place = folder.join("projects").join(cwd.replace('/', "-"));
        // A third are of the time when the end of a response was not written down.
        let version = if self.chance.is(33) { "2.1.31" } else { "2.1.330" };
        let mut sheet =
            Sheet { session: self.chance.id(), agent: None, cwd, version, text: String::new(), lines: 0 };
        self.clock += 600;
        self.prompt(&mut sheet);
        let requests = self.chance.within(4, 160);
        for number in 0..requests {
            self.request(&mut sheet, number + 1 == requests);
            if self.truth.bytes + sheet.text.len() as u64 > bytes {
                break;
            }
        }
        if self.chance.is(15) {
            let mut helper = Sheet {
                session: sheet.session.clone(),
                agent: Some(format!("a{:08x}", self.chance.below(u64::from(u32::MAX)))),
                cwd: sheet.cwd.clone(),
                version,
                text: String::new(),
                lines: 0,
            };
            self.prompt(&mut helper);
            for number in 0..self.chance.within(2, 20) {
                self.request(&mut helper, number == 1);
            }
            let name = format!("agent-{}.jsonl", helper.agent.as_deref().unwrap_or_default());
            self.put(&place.join(&sheet.session).join("subagents").join(name), &helper)?;
        }
        if self.chance.is(5) {
            let fork = self.chance.id();
            let mut copy = Sheet {
                session: fork.clone(),
                text: sheet.text.replace(&sheet.session, &fork),
                cwd: sheet.cwd.clone(),
                agent: None,
                ..sheet
            };
            self.put(&place.join(format!("{}.jsonl", sheet.session)), &Sheet { agent: None, ..sheet })?;
            self.request(&mut copy, true);
            return self.put(&place.join(format!("{fork}.jsonl")), &copy);
        }
        self.put(&place.join(format!("{}.jsonl", sheet.session)), &sheet)
    }

    fn put(&mut self, path: &Path, sheet: &Sheet) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all(sheet.text.as_bytes())?;
        file.flush()?;
        self.truth.files += 1;
        self.truth.lines += sheet.lines;
        self.truth.bytes += sheet.text.len() as u64;
        Ok(())
    }

    fn prompt(&mut self, sheet: &mut Sheet) {
        let words = self.piece(40, 400);
        self.line(sheet, "user", &format!(r#""message":{{"role":"user","content":"{words}"}}"#));
    }

    /// A response, a line a block, and what its tools answered.
    fn request(&mut self, sheet: &mut Sheet, last: bool) {
        let id = format!("{:016x}", self.chance.next());
        let model = MODELS[self.chance.below(5) as usize];
        let (input, output) = (self.chance.within(2, 40), self.chance.within(20, 900));
        let (writes, reads) = (self.chance.within(100, 4_000), self.chance.within(5_000, 90_000));
        let is_old = sheet.version == "2.1.31";
        let blocks = self.chance.within(1, 4);
        let mut counted = 0;
        for number in 0..blocks {
            // The figures of the start, until the last line; of old versions nothing else was ever written.
            let told = if is_old {
                number.min(3) + 1
            } else if number + 1 < blocks && self.chance.is(20) {
                1
            } else {
                output
            };
            counted = counted.max(told);
            let stop = match (is_old, last) {
                (true, _) => "null",
                (false, true) => "\"end_turn\"",
                (false, false) => "\"tool_use\"",
            };
            let block = if number + 1 == blocks && !last {
                let (tool, words) = (TOOLS[self.chance.below(6) as usize], self.piece(60, 1_500));
                format!(
                    r#"{{"type":"tool_use","id":"toolu_{id}","name":"{tool}","input":{{"file_path":"/a","text":"{words}"}}}}"#
                )
            } else {
                let words = self.piece(80, 1_200);
                format!(r#"{{"type":"text","text":"{words}"}}"#)
            };
            self.line(
                sheet,
                "assistant",
                &format!(
                    r#""message":{{"id":"msg_{id}","type":"message","role":"assistant","model":"{model}","content":[{block}],"stop_reason":{stop},"stop_sequence":null,"usage":{{"input_tokens":{input},"cache_creation_input_tokens":{writes},"cache_read_input_tokens":{reads},"output_tokens":{told},"cache_creation":{{"ephemeral_5m_input_tokens":{writes},"ephemeral_1h_input_tokens":0}},"server_tool_use":{{"web_search_requests":0,"web_fetch_requests":0}},"service_tier":"standard","speed":"standard"}}}},"requestId":"req_{id}""#
                ),
            );
        }
        self.truth.requests += 1;
        self.truth.input_tokens += input;
        self.truth.output_tokens += counted;
        self.truth.cache_creation_tokens += writes;
        self.truth.cache_read_tokens += reads;
        if last {
            return;
        }
        for _ in 0..self.chance.below(4) {
            let words = self.piece(200, 1_500);
            self.line(sheet, "progress", &format!(r#""toolUseID":"toolu_{id}","data":{{"type":"bash_progress","output":"{words}","elapsedTimeSeconds":2}}"#));
        }
        let words = self.piece(200, 6_000);
        self.line(
            sheet,
            "user",
            &format!(r#""message":{{"role":"user","content":[{{"tool_use_id":"toolu_{id}","type":"tool_result","content":"{words}"}}]}},"toolUseResult":{{"stdout":"{words}","stderr":"","interrupted":false}}"#),
        );
        if self.chance.is(6) {
            let words = self.piece(8_000, 60_000);
            self.line(
                sheet,
                "api-request-shape",
                &format!(r#""shape":{{"system":[{{"type":"text","text":"{words}"}}]}}"#),
            );
        }
    }

    fn line(&mut self, sheet: &mut Sheet, kind: &str, body: &str) {
        self.clock += self.chance.below(20);
        let (day, second) = (self.clock / 86_400, self.clock % 86_400);
        let (month, day) = (day / 28 % 12 + 1, day % 28 + 1);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let thread = sheet.agent.as_ref().map_or(String::new(), |agent| format!(r#""agentId":"{agent}","#));
        let (uuid, Sheet { session, cwd, version, .. }) = (self.chance.id(), &*sheet);
        let is_side = sheet.agent.is_some();
        let line = format!(
            "{{\"parentUuid\":\"{uuid}\",\"isSidechain\":{is_side},{thread}\"userType\":\"external\",\"cwd\":\"{cwd}\",\"sessionId\":\"{session}\",\"version\":\"{version}\",\"gitBranch\":\"main\",{body},\"type\":\"{kind}\",\"uuid\":\"{uuid}\",\"timestamp\":\"2025-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z\"}}"
        );
        // Writing into a text does not fail.
        let _ = writeln!(sheet.text, "{line}");
        sheet.lines += 1;
    }

    /// Words of some length, cut where no escape and no letter is broken.
    fn piece(&mut self, least: u64, most: u64) -> String {
        let length = self.chance.within(least, most) as usize;
        let from = self.chance.below((self.words.len() - length) as u64) as usize;
        let fits = |at: &usize| self.words.is_char_boundary(*at) && !self.words[..*at].ends_with('\\');
        let from = (from..).find(fits).unwrap_or_default();
        let to = (from + length..self.words.len()).find(fits).unwrap_or(self.words.len());
        self.words[from..to].to_owned()
    }
}
