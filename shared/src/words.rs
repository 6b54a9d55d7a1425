//! Closed sets of words: an enum whose members each have one word on the wire.

/// Declares an enum with its words: serde by the word, `ALL`, `as_str`, `FromStr` and `Display`.
///
/// `any_case` reads every spelling of a word, `exact` only the one written here.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $case:ident $noun:literal {
        $(#[$first_doc:meta])* $first:ident = $first_word:literal,
        $($(#[$member_doc:meta])* $member:ident = $word:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize)]
        pub enum $name {
            $(#[$first_doc])* #[serde(rename = $first_word)] #[default] $first,
            $($(#[$member_doc])* #[serde(rename = $word)] $member,)*
        }

        impl $name {
            /// Every member, in the order of their declaration.
            pub const ALL: &'static [Self] = &[Self::$first, $(Self::$member),*];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_word,
                    $(Self::$member => $word),*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().find(|member| $crate::words::matches!($case, member.as_str(), text));
                known.copied().ok_or_else(|| $crate::words::UnknownWord {
                    noun: $noun,
                    found: text.chars().take(40).collect(),
                    known: Self::ALL.iter().map(|member| member.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::openapi::closed_set($noun, Self::ALL.iter().map(|member| member.as_str()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! matches {
    (any_case, $word:expr, $text:expr) => {
        $word.eq_ignore_ascii_case($text)
    };
    (exact, $word:expr, $text:expr) => {
        $word == $text
    };
}

pub(crate) use {matches, words};

/// A word outside its closed set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// What kind of word was wanted.
    pub noun: &'static str,
    /// The word that came, cut to forty characters.
    pub found: String,
    /// The words that would do.
    pub known: String,
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is no {}; one of {}", self.found, self.noun, self.known)
    }
}

impl std::error::Error for UnknownWord {}
