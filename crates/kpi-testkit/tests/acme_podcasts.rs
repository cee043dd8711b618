//! The kit, as the author of an adapter uses it, on a small adapter that is right.

mod vendor;

fn main() -> std::process::ExitCode {
    kpi_testkit::suite::<vendor::Podcasts<{ vendor::RIGHT }>>("tests/acme_podcasts")
}
