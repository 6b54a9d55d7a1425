//! JSON text into a tree, by the grammar of RFC 8259 and nothing beyond it.

use serde_json::{Map, Number, Value};
use std::fmt;

/// As deep as trees may be: a page's stack is small.
const DEEPEST: usize = 128;

/// Where a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Counted from one.
    pub line: usize,
    /// In letters, counted from one.
    pub column: usize,
    /// What should stand there.
    pub wanted: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is wanted at line {}, column {}", self.wanted, self.line, self.column)
    }
}

impl std::error::Error for Fault {}

/// Reads one value and refuses anything behind it.
pub fn parse(text: &str) -> Result<Value, Fault> {
    let mut parser = Parser { text, at: 0 };
    parser.whole().map_err(|wanted| {
        let before = text.get(..parser.at).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Fault { line: before.matches('\n').count() + 1, column: line.chars().count() + 1, wanted }
    })
}

/// A failure is what was wanted where the parser stopped.
type Parsed<T> = Result<T, &'static str>;

struct Parser<'a> {
    text: &'a str,
    /// The next byte; between two letters always.
    at: usize,
}

impl<'a> Parser<'a> {
    fn whole(&mut self) -> Parsed<Value> {
        let value = self.value(0)?;
        match self.peek() {
            None => Ok(value),
            Some(_) => Err("the end"),
        }
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        self.skip(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes over bytes, all of them ASCII, and returns them.
    fn skip(&mut self, fits: fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.byte().is_some_and(fits) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let there = self.byte() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self, depth: usize) -> Parsed<Value> {
        match self.peek() {
            Some(b'[' | b'{') if depth == DEEPEST => Err("a tree that is less deep"),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Parsed<Value> {
        let words = [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = words.into_iter().find(|(word, _)| rest.starts_with(word));
        let (word, value) = found.ok_or("a value")?;
        self.at += word.len();
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Parsed<Value> {
        self.at += 1;
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.last(b']')? {
                return Ok(Value::Array(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Parsed<Value> {
        self.at += 1;
        let mut fields = Map::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(fields));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err("a name in double quotes");
            }
            let name = self.string()?;
            if self.peek() != Some(b':') {
                return Err("a colon");
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            fields.insert(name, value);
            if self.last(b'}')? {
                return Ok(Value::Object(fields));
            }
        }
    }

    /// Goes over a comma, or over the end.
    fn last(&mut self, end: u8) -> Parsed<bool> {
        let next = self.peek();
        let is_end = next == Some(end);
        if !is_end && next != Some(b',') {
            return Err(if end == b']' { "a comma or ]" } else { "a comma or }" });
        }
        self.at += 1;
        Ok(is_end)
    }

    fn string(&mut self) -> Parsed<String> {
        self.at += 1;
        let mut whole = String::new();
        loop {
            let start = self.at;
            while self.byte().is_some_and(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
                self.at += 1;
            }
            whole.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(whole);
                }
                Some(b'\\') => whole.push(self.escaped()?),
                _ => return Err("a double quote"),
            }
        }
    }

    fn escaped(&mut self) -> Parsed<char> {
        self.at += 1;
        let letter = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'u') => return self.numbered(),
            _ => return Err("one of \"\\/bfnrtu"),
        };
        self.at += 1;
        Ok(letter)
    }

    /// `uXXXX`, or two of them for one letter beyond the first plane.
    fn numbered(&mut self) -> Parsed<char> {
        const WANTED: &str = "the number of a letter in four digits";
        let first = self.four().ok_or(WANTED)?;
        let code = match first {
            0xd800..0xdc00 if self.takes(b'\\') => {
                let second = self.four().filter(|second| (0xdc00..0xe000).contains(second)).ok_or(WANTED)?;
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            _ => first,
        };
        char::from_u32(code).ok_or(WANTED)
    }

    fn four(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 5)?.strip_prefix('u')?;
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
        self.at += 5;
        Some(code)
    }

    fn number(&mut self) -> Parsed<Number> {
        let digits = |byte: u8| byte.is_ascii_digit();
        let negative = self.takes(b'-');
        let whole = self.skip(digits);
        if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
            return Err("a number without zeros before it");
        }
        let is_whole = !matches!(self.byte(), Some(b'.' | b'e' | b'E'));
        match whole.parse::<u64>() {
            Ok(number) if is_whole && !negative => return Ok(number.into()),
            Ok(number) if is_whole && number > 0 => {
                if let Some(number) = 0_i64.checked_sub_unsigned(number) {
                    return Ok(number.into());
                }
            }
            _ => {}
        }
        let part = if self.takes(b'.') { Some(self.skip(digits)) } else { None };
        let mut exponent = 0;
        if self.takes(b'e') || self.takes(b'E') {
            let down = self.takes(b'-');
            let _ = !down && self.takes(b'+');
            let power = self.skip(digits);
            if power.is_empty() {
                return Err("an exponent");
            }
            let power: i32 = power.parse().unwrap_or(i32::MAX / 2);
            exponent = if down { -power } else { power };
        }
        if part == Some("") {
            return Err("a digit");
        }
        let size = float(whole, part.unwrap_or_default(), exponent);
        Number::from_f64(if negative { -size } else { size }).ok_or("a number of a size that can be held")
    }
}

/// Exact for up to fifteen digits and powers of ten up to 22, which is what computers write; else very near.
fn float(whole: &str, part: &str, exponent: i32) -> f64 {
    let (mut mantissa, mut exponent) = (0_u64, exponent);
    for (at, digit) in whole.bytes().chain(part.bytes()).enumerate() {
        let grown = mantissa.checked_mul(10).and_then(|ten| ten.checked_add(u64::from(digit - b'0')));
        let behind = at >= whole.len();
        match grown {
            Some(grown) => {
                mantissa = grown;
                exponent = exponent.saturating_sub(i32::from(behind));
            }
            None => exponent = exponent.saturating_add(i32::from(!behind)),
        }
    }
    let mut size = mantissa as f64;
    // Beyond these every size is nothing or too large.
    let mut left = exponent.clamp(-400, 400);
    while left != 0 {
        let step = left.abs().min(22);
        let power = (0..step).fold(1.0, |power, _| power * 10.0);
        size = if left > 0 { size * power } else { size / power };
        left -= step * left.signum();
    }
    size
}
