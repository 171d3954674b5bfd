//! Streams: pieces of calls in every known order, ends that are missing, connections that break.

use std::time::Duration;

use forecourt_agent::{
    model::{ChatModel, ModelAnswer, ModelError, ModelRequest, Usage},
    models::openai::Delivery,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{ask, model_at, opening, request};

/// What becomes of the connection after the body.
#[derive(Clone, Copy)]
enum End {
    /// The last chunk is sent: the body is whole.
    Proper,
    /// The connection is closed in the middle of the body.
    Cut,
    /// Nothing more comes, and nothing closes.
    Silence,
}

/// A server that answers every request with this event stream.
async fn serve(body: &str, end: End) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let body = body.to_owned();
    let mut server = JoinSet::new();
    server.spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            answer(&mut connection, &body, end).await;
            if matches!(end, End::Silence) {
                kept.push(connection);
            }
        }
    });
    (base_url, server)
}

async fn answer(connection: &mut TcpStream, body: &str, end: End) {
    let mut request = Vec::new();
    // The body of the request ends in `]}`; there is nothing after it.
    while !request.ends_with(b"]}") {
        let mut bytes = [0; 4096];
        let read = connection.read(&mut bytes).await.unwrap();
        assert_ne!(read, 0, "the request was cut");
        request.extend_from_slice(&bytes[..read]);
    }
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    // Seven bytes at a time, so that no event arrives whole.
    for piece in body.as_bytes().chunks(7) {
        connection.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await.unwrap();
        connection.write_all(piece).await.unwrap();
        connection.write_all(b"\r\n").await.unwrap();
    }
    if matches!(end, End::Proper) {
        connection.write_all(b"0\r\n\r\n").await.unwrap();
    }
    connection.flush().await.unwrap();
}

async fn read(body: &str, end: End) -> (Result<ModelAnswer, ModelError>, String) {
    let (base_url, _server) = serve(body, end).await;
    ask(&model_at(&base_url, Delivery::Streamed)).await
}

fn events(deltas: &[&str]) -> String {
    deltas.iter().map(|delta| format!("data: {{\"choices\":[{{\"delta\":{delta}}}]}}\n\n")).collect()
}

const STOP: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

#[tokio::test]
async fn calls_come_together_however_their_pieces_are_marked() {
    let f = |id: &str| (id.to_owned(), "f".to_owned(), r#"{"x":1}"#.to_owned());
    let g = |id: &str| (id.to_owned(), "g".to_owned(), r#"{"y":2}"#.to_owned());
    for (claim, deltas, expected) in [
        (
            "pieces by index, interleaved",
            &[
                r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}"#,
                r#"{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{\"y\""}}]}"#,
                r#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]}"#,
                r#"{"tool_calls":[{"index":1,"function":{"arguments":":2}"}},{"index":0,"function":{"arguments":":1}"}}]}"#,
            ][..],
            vec![f("a"), g("b")],
        ),
        (
            "pieces that repeat id and name",
            &[
                r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}]}"#,
                r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":":1}"}}]}"#,
            ],
            vec![f("a")],
        ),
        (
            "later pieces with empty ids, every call under index 0",
            &[
                r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}"#,
                r#"{"tool_calls":[{"index":0,"id":"","function":{"name":null,"arguments":"{\"x\":1}"}}]}"#,
                r#"{"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":""}}]}"#,
                r#"{"tool_calls":[{"index":0,"id":"","function":{"name":null,"arguments":"{\"y\":2}"}}]}"#,
            ],
            vec![f("a"), g("b")],
        ),
        (
            "whole calls, all under index 0, without ids",
            &[
                r#"{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"x\":1}"}}]}"#,
                r#"{"tool_calls":[{"index":0,"function":{"name":"g","arguments":"{\"y\":2}"}}]}"#,
            ],
            vec![f("call00300"), g("call00301")],
        ),
        (
            "whole calls in one delta, without index and id, arguments as JSON",
            &[
                r#"{"content":"","tool_calls":[{"function":{"name":"f","arguments":{"x":1}}},{"function":{"name":"g","arguments":{"y":2}}}]}"#,
            ],
            vec![f("call00300"), g("call00301")],
        ),
        (
            "pieces without index",
            &[
                r#"{"tool_calls":[{"id":"a","function":{"name":"f"}}]}"#,
                r#"{"tool_calls":[{"function":{"arguments":"{\"x\":"}}]}"#,
                r#"{"tool_calls":[{"function":{"arguments":"1}"}}]}"#,
                r#"{"tool_calls":[{"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}]}"#,
            ],
            vec![f("a"), g("b")],
        ),
    ] {
        let (answer, _) = read(&format!("{}{STOP}{DONE}", events(deltas)), End::Proper).await;
        let calls = answer.unwrap().tool_calls.into_iter().map(|call| (call.id, call.name, call.arguments));
        assert_eq!(calls.collect::<Vec<_>>(), expected, "{claim}");
    }
}

#[tokio::test]
async fn an_answer_is_whole_when_its_end_was_seen_in_any_form() {
    let hello = events(&[r#"{"role":"assistant","content":""}"#, r#"{"content":"Hello "}"#, r#"{"content":"you"}"#]);
    let after = events(&[r#"{"content":"SPAM"}"#]);
    for (claim, body, end) in [
        ("as documented", format!("{hello}{STOP}{DONE}"), End::Proper),
        ("without an end marker", format!("{hello}{STOP}"), End::Proper),
        ("without a reason to stop", format!("{hello}{DONE}"), End::Proper),
        ("without the last empty line", format!("{hello}{STOP}data: [DONE]"), End::Proper),
        (
            "with comments and keep-alives",
            format!(": hi\n\n{hello}: ping\n\ndata: \n\nevent: ping\n\n{STOP}{DONE}"),
            End::Proper,
        ),
        ("with carriage returns", format!("{hello}{STOP}{DONE}").replace('\n', "\r\n"), End::Proper),
        ("with something after the end", format!("{hello}{STOP}{DONE}{after}"), End::Proper),
        (
            "with reasoning",
            format!("{}{hello}{STOP}", events(&[r#"{"reasoning":"Hm","reasoning_content":"Hm"}"#])),
            End::Proper,
        ),
        (
            "with another choice beside it",
            format!("data: {{\"choices\":[{{\"index\":1,\"delta\":{{\"content\":\"no\"}}}}]}}\n\n{hello}{STOP}"),
            End::Proper,
        ),
        ("cut after its end", format!("{hello}{STOP}"), End::Cut),
        ("never closed after its end", format!("{hello}{STOP}"), End::Silence),
    ] {
        let (answer, heard) = read(&body, end).await;
        let answer = answer.unwrap_or_else(|error| panic!("{claim}: {error}"));
        assert_eq!((answer.text.as_deref(), heard.as_str()), (Some("Hello you"), "Hello you"), "{claim}");
    }
}

#[tokio::test]
async fn nothing_half_read_is_returned() {
    let hello = events(&[r#"{"content":"We can give you SECRET"}"#]);
    let call = events(&[r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#]);
    let unavailable = |why: &str| ModelError::Unavailable(why.into());
    let malformed = |why: &str| ModelError::Malformed(why.into());
    for (claim, body, end, expected) in [
        ("ended early", hello.clone(), End::Proper, unavailable("the stream was cut")),
        ("ended early after a call", call.clone(), End::Proper, unavailable("the stream was cut")),
        ("ended inside an event", hello[..hello.len() - 6].to_owned(), End::Proper, unavailable("the stream was cut")),
        ("cut", hello.clone(), End::Cut, unavailable("the connection broke")),
        ("cut after a call", call, End::Cut, unavailable("the connection broke")),
        (
            "an error instead of the rest",
            format!("{hello}data: {{\"error\":{{\"message\":\"SECRET\"}}}}\n\n{DONE}"),
            End::Proper,
            unavailable("error in the reply"),
        ),
        (
            "an event that is no JSON",
            format!("{hello}data: SECRET\n\n{STOP}{DONE}"),
            End::Proper,
            malformed("not JSON at line 1, column 1"),
        ),
        ("no answer at all", DONE.to_owned(), End::Proper, malformed("no answer in the reply")),
        ("nothing", String::new(), End::Proper, unavailable("the stream was cut")),
        (
            "a refusal in pieces",
            format!("{}{STOP}", events(&[r#"{"refusal":"I "}"#, r#"{"refusal":"cannot."}"#])),
            End::Proper,
            ModelError::Refused,
        ),
    ] {
        let (answer, _) = read(&body, end).await;
        let error = answer.expect_err(claim);
        assert_eq!(error, expected, "{claim}");
        assert!(!error.to_string().contains("SECRET"), "{claim}");
    }
}

#[tokio::test]
async fn a_stream_that_falls_silent_ends_with_the_request_s_time() {
    let (base_url, _server) = serve(&events(&[r#"{"content":"Hello"}"#]), End::Silence).await;
    let hurried = ModelRequest { timeout: Duration::from_millis(80), ..request(opening()) };
    let answer = model_at(&base_url, Delivery::Streamed).respond(&hurried, &mut |_| ()).await;
    assert_eq!(answer, Err(ModelError::Timeout));
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let (answer, _) = ask(&model_at(&base_url, Delivery::Whole)).await;
    assert_eq!(answer, Err(ModelError::Unavailable("no connection".into())));
}

#[tokio::test]
async fn token_counts_are_found_in_the_last_chunk_wherever_it_has_them() {
    let counts = r#"{"prompt_tokens":120,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":64}}"#;
    let expected = Usage { input_tokens: 120, cached_input_tokens: 64, output_tokens: 7 };
    let hello = events(&[r#"{"content":"Hello"}"#]);
    for body in [
        format!("{hello}{STOP}data: {{\"choices\":[],\"usage\":{counts}}}\n\n{DONE}"),
        format!(
            "{hello}data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\"}}],\"usage\":{counts}}}\n\n{DONE}"
        ),
        format!(
            "{hello}data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\"}}],\"x_groq\":{{\"usage\":{counts}}}}}\n\n{DONE}"
        ),
        format!("data: {{\"choices\":[],\"usage\":null}}\n\n{hello}{STOP}data: {{\"usage\":{counts}}}\n\n"),
    ] {
        assert_eq!(read(&body, End::Proper).await.0.unwrap().usage, expected, "{body}");
    }
}

#[tokio::test]
async fn token_counts_that_leave_the_server_after_the_answer_are_waited_for() {
    let (heard, mut was_heard) = tokio::sync::mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let server = async {
        let (mut connection, _) = listener.accept().await.unwrap();
        let whole = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n";
        answer(&mut connection, whole, End::Silence).await;
        was_heard.recv().await;
        let counts = "data: {\"choices\":[],\"usage\":{\"completion_tokens\":7}}\n\n";
        connection.write_all(format!("{:x}\r\n{counts}\r\n0\r\n\r\n", counts.len()).as_bytes()).await.unwrap();
        connection
    };
    let model = model_at(&base_url, Delivery::Streamed);
    let opening = request(opening());
    let mut listen = |_: &str| heard.send(()).unwrap();
    let (answer, _connection) = tokio::join!(model.respond(&opening, &mut listen), server);
    assert_eq!(answer.unwrap().usage.output_tokens, 7);
}
