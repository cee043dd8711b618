//! What only a network does: silence, drip-feeding, size, compression, redirects, resets.

#![expect(clippy::disallowed_methods, reason = "the servers of these tests are tasks that really wait")]

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{Request, Response};
use kpi_core::{Limits, Transport, TransportError};
use kpi_http::Reqwest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// `{"clicks": 12}`, packed.
const PACKED: &str = "H4sIAAAAAAACA6tWSs7JTM4uVrJSMDSqBQAlLHtdDgAAAA==";

/// 200,000 spaces, packed into 230 bytes.
const BOMB: &str = "H4sIAAAAAAACA+3BMQEAAADCoCrrn9IM/kABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAK8BMWFiEEANAwA=";

/// What the server does with a connection after the request came.
#[derive(Clone)]
enum Act {
    Send(Vec<u8>),
    Silence,
    Drip,
    Reset,
}

fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(2),
        read: Duration::from_millis(300),
        total: Duration::from_millis(900),
        max_bytes: 10_000,
    }
}

fn plain(head: &str, body: &[u8]) -> Act {
    let mut bytes = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Act::Send(bytes)
}

async fn serve(mut stream: TcpStream, act: Act) -> Vec<u8> {
    let mut asked = Vec::new();
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 1024];
        let read = stream.read(&mut part).await.unwrap();
        asked.extend_from_slice(&part[..read]);
    }
    match act {
        Act::Send(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            stream.shutdown().await.unwrap();
        }
        Act::Silence => tokio::time::sleep(Duration::from_secs(5)).await,
        Act::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await.unwrap();
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Act::Reset => stream.set_zero_linger().unwrap(),
    }
    asked
}

/// One exchange with a server that acts so; the reply and what the server was asked.
async fn exchange(act: Act) -> (Result<Response<Bytes>, TransportError>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move { serve(listener.accept().await.unwrap().0, act).await });
    let request = Request::get(format!("http://127.0.0.1:{port}/rows?page=1")).body(Bytes::new()).unwrap();
    let reply = Reqwest::new().exchange(request, limits()).await;
    let asked = tokio::time::timeout(Duration::from_millis(200), server).await;
    (reply, asked.map_or(String::new(), |asked| String::from_utf8(asked.unwrap()).unwrap()))
}

async fn failure(act: Act) -> TransportError {
    exchange(act).await.0.unwrap_err()
}

#[tokio::test]
async fn a_reply_comes_whole() {
    let (reply, asked) = exchange(plain("200 OK\r\nx-id: 7", b"[1, 2]")).await;
    let reply = reply.unwrap();
    assert_eq!((reply.status().as_u16(), &reply.body()[..]), (200, &b"[1, 2]"[..]));
    assert_eq!(reply.headers()["x-id"], "7");
    assert!(asked.starts_with("GET /rows?page=1 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains(concat!("user-agent: kpi/", env!("CARGO_PKG_VERSION"), "\r\n")), "{asked}");
    assert!(asked.contains("accept-encoding: gzip"), "{asked}");
}

#[tokio::test]
async fn packed_replies_are_unpacked_and_torn_ones_noticed() {
    let packed = BASE64_STANDARD.decode(PACKED).unwrap();
    let reply = exchange(plain("200 OK\r\ncontent-encoding: gzip", &packed)).await.0.unwrap();
    assert_eq!(&reply.body()[..], b"{\"clicks\": 12}");
    for cut in [1, 8, 12, packed.len() - 12] {
        let torn = failure(plain("200 OK\r\ncontent-encoding: gzip", &packed[..packed.len() - cut])).await;
        assert_eq!(torn, TransportError::Interrupted("the reply ended early".to_owned()), "{cut} bytes cut");
    }
}

#[tokio::test]
async fn a_reply_that_is_too_large_is_not_read_to_its_end() {
    let too_large = TransportError::TooLarge(10_000);
    assert_eq!(failure(plain("200 OK", &[b' '; 10_001])).await, too_large);
    assert!(exchange(plain("200 OK", &[b' '; 10_000])).await.0.is_ok());
    // Without a length, and packed: counted while it comes, unpacked.
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.extend_from_slice(&[b' '; 20_000]);
    assert_eq!(failure(Act::Send(endless)).await, too_large);
    let bomb = BASE64_STANDARD.decode(BOMB).unwrap();
    assert_eq!(failure(plain("200 OK\r\ncontent-encoding: gzip", &bomb)).await, too_large);
}

#[tokio::test]
async fn silence_and_drip_feeding_end_in_time() {
    let begun = tokio::time::Instant::now();
    assert!(matches!(failure(Act::Drip).await, TransportError::TimedOut(_)));
    assert!(begun.elapsed() < Duration::from_millis(1500));
    assert!(matches!(failure(Act::Silence).await, TransportError::TimedOut(_)));
    let stalled = Act::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n[1".to_vec());
    assert_eq!(failure(stalled).await, TransportError::Interrupted("the reply ended early".to_owned()));
}

#[tokio::test]
async fn a_reset_may_have_been_seen_and_a_refused_connection_was_not() {
    assert_eq!(failure(Act::Reset).await, TransportError::Interrupted("no reply".to_owned()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let request = Request::get(format!("http://127.0.0.1:{port}/")).body(Bytes::new()).unwrap();
    let error = Reqwest::new().exchange(request, limits()).await.unwrap_err();
    assert_eq!(error, TransportError::NotSent("connection refused".to_owned()));
    let request = Request::get("https://no-such-host.invalid/").body(Bytes::new()).unwrap();
    let error = Reqwest::new().exchange(request, limits()).await.unwrap_err();
    assert!(matches!(error, TransportError::NotSent(_)), "{error:?}");
}

#[tokio::test]
async fn tls_that_fails_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let mut stream = listener.accept().await.unwrap().0;
        let _ = stream.read(&mut [0; 1024]).await;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let request = Request::get(format!("https://127.0.0.1:{port}/")).body(Bytes::new()).unwrap();
    let error = Reqwest::new().exchange(request, limits()).await.unwrap_err();
    assert_eq!(error, TransportError::NotSent("tls failed".to_owned()));
    server.await.unwrap();
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let reply = exchange(plain("302 Found\r\nlocation: https://evil.example/", b"")).await.0.unwrap();
    assert_eq!(reply.status().as_u16(), 302);
    assert_eq!(reply.headers()["location"], "https://evil.example/");
}
