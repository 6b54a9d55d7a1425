//! Every route of the product, declared once.

use crate::{
    AgentId, ApprovalId, Method, NoBody, NoQuery, Page, Route, TaskId, TokenId,
    agents::{Agent, AgentDetail, AgentQuery, Cleanup, NewAgent, NewCleanup, NewPrompt, Role},
    approvals::{Approval, ApprovalQuery, NewAnswer},
    auth::{MadeToken, NewSession, NewToken, Session, Ticket, Token},
    conversations::{
        Conversation, ConversationMarks, ConversationQuery, Moment, MomentQuery, PlaceQuery, RawLine,
        ThreadQuery,
    },
    costs::{Costs, CostsQuery, Why, WhyQuery},
    endpoint::Endpoint,
    files::{AgentFiles, AgentFilesQuery, DiffQuery, FileDiff, FileHistory, FileQuery},
    hooks::{HookInput, HookReply},
    logs::{Log, LogQuery},
    metrics::{Metrics, MetricsQuery},
    prompts::{AnalystPromptQuery, NewPreview, Preview, RolePrompt, RolePromptQuery},
    replay::{Replay, ReplayQuery},
    runtimes::Runtime,
    search::{Found, SearchQuery},
    settings::{Health, Readiness, Settings, Status, Version},
    sources::Source,
    tasks::{Estimate, NewEstimate, NewTask, Task, TaskQuery},
    usage::{Series, SeriesQuery, UsageQuery, UsageRecord},
    workflows::{Recommendation, RecommendationQuery},
};

macro_rules! endpoints {
    ($(
        #[doc = $summary:literal]
        $name:ident = $access:ident $method:ident $path:literal ($($param:ident: $kind:ty),*)
            query $query:ty, body $body:ty => $status:literal $reply:ty;
    )*) => {
        $(
            #[doc = $summary]
            #[derive(Clone, Debug)]
            #[allow(missing_docs)]
            pub struct $name {
                $(pub $param: $kind,)*
                pub query: $query,
                pub body: $body,
            }

            impl Endpoint for $name {
                const ROUTE: Route = Route {
                    name: stringify!($name),
                    method: Method::$method,
                    path: $path,
                    status: $status,
                    summary: $summary,
                    open: endpoints!(@$access),
                };
                type Query = $query;
                type Body = $body;
                type Reply = $reply;

                fn path(&self) -> String {
                    let path = $path.to_owned();
                    $(let path = path.replace(concat!("{", stringify!($param), "}"), &self.$param.to_string());)*
                    path
                }

                fn query(&self) -> &Self::Query {
                    &self.query
                }

                fn body(&self) -> &Self::Body {
                    &self.body
                }
            }
        )*

        /// Every route of the product.
        pub const ENDPOINTS: &[Route] = &[$($name::ROUTE),*];

        /// Every route with the shapes it takes and gives, for the OpenAPI document.
        #[cfg(feature = "openapi")]
        pub fn described() -> Vec<crate::openapi::Described> {
            vec![$(
                crate::openapi::Described::of::<$name>()
                    $(.with_param::<$kind>(stringify!($param)))*
            ),*]
        }
    };
    (@open) => { true };
    (@keyed) => { false };
}

endpoints! {
    #[doc = "The server process is alive."]
    GetHealth = open Get "/health" () query NoQuery, body NoBody => 200 Health;
    #[doc = "Whether the server may be given work; strangers see the status alone."]
    GetReadiness = open Get "/ready" () query NoQuery, body NoBody => 200 Readiness;
    #[doc = "The product's version and schema."]
    GetVersion = keyed Get "/version" () query NoQuery, body NoBody => 200 Version;

    #[doc = "Trades the login code or a key for a session cookie."]
    CreateSession = open Post "/api/v1/session" () query NoQuery, body NewSession => 200 Session;
    #[doc = "Who is asking."]
    GetSession = keyed Get "/api/v1/session" () query NoQuery, body NoBody => 200 Session;
    #[doc = "Ends the session."]
    DeleteSession = keyed Delete "/api/v1/session" () query NoQuery, body NoBody => 204 ();
    #[doc = "A one-time way into a socket for clients without a cookie."]
    CreateTicket = keyed Post "/api/v1/tickets" () query NoQuery, body NoBody => 201 Ticket;
    #[doc = "The access tokens, without their secrets."]
    ListTokens = keyed Get "/api/v1/tokens" () query NoQuery, body NoBody => 200 Page<Token>;
    #[doc = "Makes an access token; its secret is shown this once."]
    CreateToken = keyed Post "/api/v1/tokens" () query NoQuery, body NewToken => 201 MadeToken;
    #[doc = "Revokes an access token at once."]
    DeleteToken = keyed Delete "/api/v1/tokens/{id}" (id: TokenId) query NoQuery, body NoBody => 204 ();

    #[doc = "The fleet in figures."]
    GetStatus = keyed Get "/api/v1/status" () query NoQuery, body NoBody => 200 Status;
    #[doc = "Settings, directories and runtimes."]
    GetSettings = keyed Get "/api/v1/settings" () query NoQuery, body NoBody => 200 Settings;
    #[doc = "Where work comes from that was not started here, and how each source does."]
    ListSources = keyed Get "/api/v1/sources" () query NoQuery, body NoBody => 200 Page<Source>;
    #[doc = "What can run an agent here."]
    ListRuntimes = keyed Get "/api/v1/runtimes" () query NoQuery, body NoBody => 200 Page<Runtime>;

    #[doc = "Agents by page, filter and order."]
    ListAgents = keyed Get "/api/v1/agents" () query AgentQuery, body NoBody => 200 Page<Agent>;
    #[doc = "Makes an agent; with a prompt it runs at once."]
    CreateAgent = keyed Post "/api/v1/agents" () query NoQuery, body NewAgent => 201 AgentDetail;
    #[doc = "One agent with its configuration, tools and files."]
    GetAgent = keyed Get "/api/v1/agents/{id}" (id: AgentId) query NoQuery, body NoBody => 200 AgentDetail;
    #[doc = "Takes an agent out of the lists; refused while it runs. Its cost stays in the totals."]
    DeleteAgent = keyed Delete "/api/v1/agents/{id}" (id: AgentId) query NoQuery, body NoBody => 204 ();
    #[doc = "Takes agents that have ended out of the lists, as deleting each would: at most a thousand a call, the longest unchanged first. Whose task is not finished stays."]
    CleanUpAgents = keyed Post "/api/v1/agents/cleanup" () query NoQuery, body NewCleanup => 200 Cleanup;
    #[doc = "Says something to an agent; one that ended goes on in the same session."]
    PromptAgent = keyed Post "/api/v1/agents/{id}/prompt" (id: AgentId) query NoQuery, body NewPrompt => 200 AgentDetail;
    #[doc = "Stops an agent and its whole process tree."]
    CancelAgent = keyed Post "/api/v1/agents/{id}/cancel" (id: AgentId) query NoQuery, body NoBody => 200 AgentDetail;

    #[doc = "A window of what an agent was told, said and did; its end where no place is asked for."]
    GetConversation = keyed Get "/api/v1/agents/{id}/conversation" (id: AgentId) query ConversationQuery, body NoBody => 200 Conversation;
    #[doc = "The line that an item of a conversation was read from, as it stands."]
    GetRawLine = keyed Get "/api/v1/agents/{id}/conversation/raw" (id: AgentId) query PlaceQuery, body NoBody => 200 RawLine;
    #[doc = "What happened where in a conversation: marks on the line that stands for the whole of it."]
    GetConversationMarks = keyed Get "/api/v1/agents/{id}/conversation/marks" (id: AgentId) query ThreadQuery, body NoBody => 200 ConversationMarks;
    #[doc = "What an agent had taken by a moment, how full its window was, and its to-do list then."]
    GetMoment = keyed Get "/api/v1/agents/{id}/conversation/moment" (id: AgentId) query MomentQuery, body NoBody => 200 Moment;
    #[doc = "What an agent did, action by action; the end of its log where no place is asked for."]
    GetLog = keyed Get "/api/v1/agents/{id}/logs" (id: AgentId) query LogQuery, body NoBody => 200 Log;
    #[doc = "An agent's calls of tools, with their inputs and answers."]
    GetLogCalls = keyed Get "/api/v1/agents/{id}/logs/tools" (id: AgentId) query LogQuery, body NoBody => 200 Log;

    #[doc = "What an agent read and what it wrote, file by file, as its session tells."]
    ListAgentFiles = keyed Get "/api/v1/agents/{id}/files" (id: AgentId) query AgentFilesQuery, body NoBody => 200 AgentFiles;
    #[doc = "What was done to a file across agents, or by an agent to any, the newest first."]
    ListFileChanges = keyed Get "/api/v1/files" () query FileQuery, body NoBody => 200 FileHistory;
    #[doc = "What one modification of a file did, as its session tells."]
    GetFileDiff = keyed Get "/api/v1/files/diff" () query DiffQuery, body NoBody => 200 FileDiff;

    #[doc = "Tasks by page, filter and order."]
    ListTasks = keyed Get "/api/v1/tasks" () query TaskQuery, body NoBody => 200 Page<Task>;
    #[doc = "Plans a task and starts it."]
    CreateTask = keyed Post "/api/v1/tasks" () query NoQuery, body NewTask => 201 Task;
    #[doc = "What the planner would make of a prompt."]
    EstimateTask = keyed Post "/api/v1/tasks/estimate" () query NoQuery, body NewEstimate => 200 Estimate;
    #[doc = "One task with its steps; also one that left the lists."]
    GetTask = keyed Get "/api/v1/tasks/{id}" (id: TaskId) query NoQuery, body NoBody => 200 Task;
    #[doc = "Cancels a running task (200 with the task) or takes a finished one out of the lists (204). One that works elsewhere cannot be stopped from here (409)."]
    DeleteTask = keyed Delete "/api/v1/tasks/{id}" (id: TaskId) query NoQuery, body NoBody => 204 Option<Task>;

    #[doc = "How a task or an agent's session stood at a moment of its life: status, steps, agents, cost, context, files."]
    GetReplay = keyed Get "/api/v1/replay" () query ReplayQuery, body NoBody => 200 Replay;

    #[doc = "The system prompt of a role."]
    GetRolePrompt = keyed Get "/api/v1/prompts/role/{role}" (role: Role) query RolePromptQuery, body NoBody => 200 RolePrompt;
    #[doc = "The ANALYST's prompt with the focus a task asks for."]
    GetAnalystPrompt = keyed Get "/api/v1/prompts/analyst" () query AnalystPromptQuery, body NoBody => 200 RolePrompt;
    #[doc = "What an agent would be told."]
    GetPreview = keyed Get "/api/v1/prompts/preview" () query NewPreview, body NoBody => 200 Preview;
    #[doc = "What an agent would be told, with no prompt text in the URL."]
    CreatePreview = keyed Post "/api/v1/prompts/preview" () query NoQuery, body NewPreview => 200 Preview;
    #[doc = "The workflow the planner takes for a kind of work; for every kind where none is named."]
    RecommendWorkflow = keyed Get "/api/v1/workflows/recommend" () query RecommendationQuery, body NoBody => 200 Page<Recommendation>;

    #[doc = "The questions agents ask before they use a tool."]
    ListApprovals = keyed Get "/api/v1/approvals" () query ApprovalQuery, body NoBody => 200 Page<Approval>;
    #[doc = "Answers a question, once."]
    AnswerApproval = keyed Post "/api/v1/approvals/{id}" (id: ApprovalId) query NoQuery, body NewAnswer => 200 Approval;

    #[doc = "Takes what a hook of Claude Code tells; answers what it shall do, where somebody decides it here."]
    IngestHook = keyed Post "/api/v1/ingest/hooks" () query NoQuery, body HookInput => 200 HookReply;

    #[doc = "What was said and done in all sessions, found by its words, the best first."]
    Search = keyed Get "/api/v1/search" () query SearchQuery, body NoBody => 200 Found;

    #[doc = "The usage records themselves, newest first."]
    ListUsage = keyed Get "/api/v1/usage" () query UsageQuery, body NoBody => 200 Page<UsageRecord>;
    #[doc = "Cost and tokens over time, by role or by model."]
    GetUsageSeries = keyed Get "/api/v1/usage/series" () query SeriesQuery, body NoBody => 200 Series;
    #[doc = "Cost and tokens added up by day, week, month, session, project, model, role or block, with how they are known."]
    GetCosts = keyed Get "/api/v1/costs" () query CostsQuery, body NoBody => 200 Costs;
    #[doc = "Why a day's sum is what it is: the lines, repetitions, partial values and unknown prices behind it."]
    GetWhy = keyed Get "/api/v1/costs/why" () query WhyQuery, body NoBody => 200 Why;
    #[doc = "What agents took, called, touched and how long they were at it, by role, agent or task."]
    ListMetrics = keyed Get "/api/v1/metrics" () query MetricsQuery, body NoBody => 200 Page<Metrics>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_endpoints_share_a_route_or_a_name() {
        let routes: HashSet<_> = ENDPOINTS.iter().map(|route| (route.method, route.path)).collect();
        let names: HashSet<_> = ENDPOINTS.iter().map(|route| route.name).collect();
        assert_eq!((routes.len(), names.len()), (ENDPOINTS.len(), ENDPOINTS.len()));
    }

    #[test]
    fn a_call_fills_its_path_and_query() {
        let id: AgentId = "0192f0c1-2b3c-7d4e-8f50-123456789abc".parse().unwrap();
        let call = CancelAgent { id, query: NoQuery {}, body: NoBody };
        assert_eq!(call.url(), "/api/v1/agents/0192f0c1-2b3c-7d4e-8f50-123456789abc/cancel");
        let query = AgentQuery { limit: Some(5), q: Some("a b".into()), ..AgentQuery::default() };
        assert_eq!(ListAgents { query, body: NoBody }.url(), "/api/v1/agents?limit=5&q=a+b");
    }

    #[test]
    fn a_call_without_a_body_sends_none() {
        assert_eq!(ListTokens { query: NoQuery {}, body: NoBody }.json().unwrap(), None);
    }
}
