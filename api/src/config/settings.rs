//! SETTINGS: every setting with its name, default, help and check.

use super::checks::{self, Check};

/// One setting: its flag is `--name-with-dashes`, its variable `QUARTERDECK_NAME`, its key in the file `name`.
pub struct Setting {
    /// Its key in `quarterdeck.toml`.
    pub name: &'static str,
    /// Its environment variable; with `_FILE` behind it names a file that holds the value.
    pub variable: &'static str,
    /// The value where nothing else is said; empty means unset, or found out at start.
    pub default: &'static str,
    /// What it does, in one sentence.
    pub help: &'static str,
    /// Whether a value will do, and if not, what would.
    pub check: Check,
    /// A secret is masked wherever it is shown.
    pub secret: bool,
    /// Whether it has a flag: other processes can read those.
    pub has_flag: bool,
}

impl Setting {
    /// The flag's name without its dashes.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// Whether a bare `--name` means true.
    pub fn is_switch(&self) -> bool {
        self.default == "false"
    }
}

/// The setting of this name.
pub fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

macro_rules! settings {
    ($($name:literal $variable:literal = $default:literal, $check:expr, $kind:ident: $help:literal;)*) => {
        /// Every setting there is.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            name: $name,
            variable: $variable,
            default: $default,
            help: $help,
            check: $check,
            secret: settings!(@secret $kind),
            has_flag: settings!(@flag $kind),
        }),*];
    };
    (@secret shown) => { false };
    (@secret $kind:ident) => { true };
    (@flag secret) => { false };
    (@flag $kind:ident) => { true };
}

settings! {
    "host" "QUARTERDECK_HOST" = "127.0.0.1", checks::host, shown:
        "Address to listen on; others than loopback need TLS, `behind_proxy` or `plain_http`";
    "port" "QUARTERDECK_PORT" = "8000", checks::port, shown:
        "Port to listen on; 0 takes a free one";
    "data_dir" "QUARTERDECK_DATA_DIR" = "", checks::any, shown:
        "Folder for the database, the key and the agents' own folders; the XDG data folder where unset";
    "database_url" "DATABASE_URL" = "", checks::database_url, masked:
        "`postgres://…` or `sqlite://…`; SQLite in the data folder where unset";
    "api_key" "QUARTERDECK_API_KEY" = "", checks::api_key, secret:
        "The key that may do everything; made at random and kept in DATA_DIR/api_key where unset";
    "claude_bin" "QUARTERDECK_CLAUDE_BIN" = "claude", checks::some, shown:
        "The `claude` command: a path, or a name looked for in PATH";
    "workspace_roots" "QUARTERDECK_WORKSPACE_ROOTS" = "", checks::any, shown:
        "Folders agents may work in, parted by `:`; the home folder where unset";
    "allowed_hosts" "QUARTERDECK_ALLOWED_HOSTS" = "", checks::hosts, shown:
        "Further `Host` names this server answers to, parted by commas; with a port for that port alone";
    "cors_origins" "QUARTERDECK_CORS_ORIGINS" = "", checks::origins, shown:
        "Other origins whose pages may call the API with a key, parted by commas";
    "tls_cert" "QUARTERDECK_TLS_CERT" = "", checks::any, shown:
        "Certificate chain in PEM; together with `tls_key` turns TLS on";
    "tls_key" "QUARTERDECK_TLS_KEY" = "", checks::any, shown:
        "The certificate's private key in PEM: a file's path";
    "behind_proxy" "QUARTERDECK_BEHIND_PROXY" = "false", checks::truth, shown:
        "A proxy in front ends TLS: cookies and origins are those of https";
    "plain_http" "QUARTERDECK_PLAIN_HTTP" = "false", checks::truth, shown:
        "Accept plain HTTP on an address others can reach; keys then cross the network unprotected";
    "allow_bypass_permissions" "QUARTERDECK_ALLOW_BYPASS_PERMISSIONS" = "false", checks::truth, shown:
        "Let agents be started that never ask before they use a tool";
    "watch_sessions" "QUARTERDECK_WATCH_SESSIONS" = "true", checks::truth, shown:
        "Take in Claude Code sessions that were started elsewhere, and follow them";
    "claude_folders" "QUARTERDECK_CLAUDE_FOLDERS" = "", checks::any, shown:
        "Claude Code's folders, parted by `:`; $CLAUDE_CONFIG_DIR, or ~/.claude, where unset";
    "agent_logs" "QUARTERDECK_AGENT_LOGS" = "", checks::any, shown:
        "Folders of the Python orchestrator's agent logs to take in and follow, parted by `:`; none where unset";
    "hooks" "QUARTERDECK_HOOKS" = "true", checks::truth, shown:
        "Hear the hooks of Claude Code sessions that were started elsewhere, and answer what they ask";
    "hook_hold_seconds" "QUARTERDECK_HOOK_HOLD_SECONDS" = "60", checks::count, shown:
        "Seconds a session that was started elsewhere waits here for an answer before it asks in its own terminal";
    "hook_ask_tools" "QUARTERDECK_HOOK_ASK_TOOLS" = "", checks::any, shown:
        "Tools that such sessions ask for here each time before they use them, parted by commas; * means all";
    "otlp" "QUARTERDECK_OTLP" = "true", checks::truth, shown:
        "Take in Claude Code's telemetry, sent by OTLP over HTTP to this server's own port";
    "max_otlp_bytes" "QUARTERDECK_MAX_OTLP_BYTES" = "16777216", checks::count, shown:
        "Bytes of the largest body of telemetry, unpacked, and of the largest hook";
    "own_prices" "QUARTERDECK_OWN_PRICES" = "", checks::any, shown:
        "A JSON file of prices that go before the bundled ones: own models, or what a contract says";
    "max_agents" "QUARTERDECK_MAX_AGENTS" = "8", checks::count, shown:
        "Agents at work at the same time, over all tasks; one that waits for an answer keeps its place";
    "step_seconds" "QUARTERDECK_STEP_SECONDS" = "3600", checks::count, shown:
        "Seconds a step of a task may work where its task names no limit; agents outside of tasks have none";
    "max_attempts" "QUARTERDECK_MAX_ATTEMPTS" = "3", checks::count, shown:
        "Attempts at one step where its error says that trying again helps";
    "stall_seconds" "QUARTERDECK_STALL_SECONDS" = "600", checks::count, shown:
        "Seconds without a sign of life after which an agent counts as stalled";
    "agent_cleanup" "QUARTERDECK_AGENT_CLEANUP" = "manual", checks::cleanup, shown:
        "After how long agents that have ended leave the lists by themselves, such as 7d or 12h; manual means never";
    "pass_environment" "QUARTERDECK_PASS_ENVIRONMENT" = "", checks::variables, shown:
        "Further environment variables agents get, parted by commas";
    "replay_speed" "QUARTERDECK_REPLAY_SPEED" = "1", checks::speed, shown:
        "How many times faster than recorded a replay plays";
    "read_rate" "QUARTERDECK_READ_RATE" = "600", checks::rate, shown:
        "Reads, hooks and deliveries of telemetry a second for one key; 0 means no limit";
    "command_rate" "QUARTERDECK_COMMAND_RATE" = "60", checks::rate, shown:
        "Other commands a second for one key; 0 means no limit";
    "stranger_rate" "QUARTERDECK_STRANGER_RATE" = "100", checks::rate, shown:
        "Requests a minute from one address without a key; 0 means no limit";
    "stranger_seconds" "QUARTERDECK_STRANGER_SECONDS" = "60", checks::rate, shown:
        "Seconds without a request after which a connection ends on which nobody has shown a key; 0 means no limit";
    "max_body_bytes" "QUARTERDECK_MAX_BODY_BYTES" = "1048576", checks::count, shown:
        "Bytes of the largest request body";
    "max_sockets" "QUARTERDECK_MAX_SOCKETS" = "2000", checks::count, shown:
        "Sockets open at the same time";
    "socket_message_bytes" "QUARTERDECK_SOCKET_MESSAGE_BYTES" = "65536", checks::count, shown:
        "Bytes of the largest message a socket client may send";
    "socket_hello_ms" "QUARTERDECK_SOCKET_HELLO_MS" = "5000", checks::window, shown:
        "Milliseconds a socket client may take to say hello";
    "socket_patience_ms" "QUARTERDECK_SOCKET_PATIENCE_MS" = "30000", checks::window, shown:
        "Milliseconds a socket client may be behind before it is closed";
    "agent_window_ms" "QUARTERDECK_AGENT_WINDOW_MS" = "500", checks::window, shown:
        "Milliseconds in which changes of one agent's status are sent as one";
    "cost_window_ms" "QUARTERDECK_COST_WINDOW_MS" = "250", checks::window, shown:
        "Milliseconds in which records of one agent's usage are sent as one";
    "task_window_ms" "QUARTERDECK_TASK_WINDOW_MS" = "100", checks::window, shown:
        "Milliseconds in which changes of one task's progress are sent as one";
    "log_level" "QUARTERDECK_LOG_LEVEL" = "info", checks::log_level, shown:
        "error, warn, info, debug or trace";
    "log_format" "QUARTERDECK_LOG_FORMAT" = "text", checks::log_format, shown:
        "text for people or json for programs";
}
