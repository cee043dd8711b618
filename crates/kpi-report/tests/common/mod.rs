//! Snapshots to render: a rich one with every state, a small one, and a large one.

use std::collections::BTreeMap;

use kpi_core::Rational;
use kpi_core::snapshot::{
    AssumptionDoc, ChangeDoc, ChangeOf, ClaimDoc, ComparisonDoc, Completeness, ConversionDoc, ErrorDoc, InputDoc,
    KpiDoc, ListDoc, ListRow, LocalText, PaceDoc, PeriodDoc, ReportDoc, RestatedDoc, SCHEMA, SegmentDoc, SliceDoc,
    Snapshot, SourceDoc, TargetDoc, TrendDoc, TrendPoint, UnattributedDoc,
};

/// Id, English, Vietnamese, unit, direction, level, stage, channel, value.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const LINES: &[Line] = &[
    ("revenue", "Revenue", "Doanh thu", "money", "up", "strategic", "conversion", "crm", "1254300000"),
    ("roi@revenue", "Marketing ROI (by revenue)", "Tỷ suất hoàn vốn marketing (ROMI, theo doanh thu)", "ratio", "up", "strategic", "conversion", "crm", "1.5"),
    ("mer", "Marketing efficiency ratio (MER)", "Hiệu suất marketing (MER)", "ratio", "up", "strategic", "conversion", "crm", "26.07"),
    ("crr", "Customer retention rate", "Tỷ lệ giữ chân khách hàng (CRR)", "ratio", "up", "strategic", "loyalty", "crm", "0.9"),
    ("nps", "Net promoter score (NPS)", "Chỉ số sẵn sàng giới thiệu (NPS)", "points", "up", "strategic", "loyalty", "survey", "42"),
    ("spend", "Spend", "Chi tiêu quảng cáo", "money", "neutral", "tactical", "conversion", "ads", "48110000"),
    ("impressions", "Impressions", "Lượt hiển thị", "impression", "up", "tactical", "awareness", "ads", "1234567"),
    ("reach", "Reach", "Số người tiếp cận (Reach)", "person", "up", "tactical", "awareness", "ads", ""),
    ("frequency", "Frequency", "Tần suất hiển thị", "impression/person", "band", "tactical", "awareness", "ads", "3.2"),
    ("cpm", "Cost per thousand impressions (CPM)", "Chi phí trên 1.000 lượt hiển thị (CPM)", "money/impression", "down", "tactical", "awareness", "ads", "38969.09"),
    ("followers", "Followers", "Người theo dõi", "follower", "up", "tactical", "awareness", "social", "15350"),
    ("organic_visits", "Organic visits", "Lượt truy cập tự nhiên", "visit", "up", "tactical", "awareness", "seo", "9120"),
    ("avg_position", "Average search position", "Thứ hạng tìm kiếm trung bình", "rank", "down", "tactical", "awareness", "seo", "8.4375"),
    ("visits", "Visits", "Lượt truy cập (phiên)", "visit", "up", "tactical", "awareness", "web", "31000"),
    ("clicks", "Clicks", "Lượt nhấp", "click", "up", "tactical", "engagement", "ads", "17284"),
    ("ctr", "Click-through rate (CTR)", "Tỷ lệ nhấp (CTR)", "ratio", "up", "tactical", "engagement", "ads", "0.014"),
    ("engagements_per_post", "Engagements per post", "Lượt tương tác trung bình mỗi bài", "action/post", "up", "tactical", "engagement", "social", "126.25"),
    ("engagement_rate@impressions", "Engagement rate by impressions", "Tỷ lệ tương tác (ER) theo lượt hiển thị", "ratio", "up", "tactical", "engagement", "social", "0.0312"),
    ("page_views", "Page views", "Lượt xem trang", "page_view", "up", "tactical", "engagement", "web", "78420"),
    ("avg_time_on_site", "Average engagement time", "Thời gian tương tác trung bình", "seconds/visit", "up", "tactical", "engagement", "web", "154.4"),
    ("bounce_rate@ga4", "Bounce rate (GA4)", "Tỷ lệ thoát (GA4)", "ratio", "down", "tactical", "engagement", "web", "0.568"),
    ("emails_sent", "E-mails sent", "Số email đã gửi", "email", "neutral", "tactical", "engagement", "email", "42000"),
    ("open_rate", "Open rate (of delivered)", "Tỷ lệ mở email (trên số đã đến)", "ratio", "up", "tactical", "engagement", "email", "0.5"),
    ("email_click_rate", "E-mail click rate", "Tỷ lệ nhấp trong email", "ratio", "up", "tactical", "engagement", "email", ""),
    ("leads", "Leads", "Khách hàng tiềm năng (lead)", "lead", "up", "tactical", "conversion", "crm", "125"),
    ("cpl", "Cost per lead (CPL)", "Chi phí trên mỗi khách hàng tiềm năng (CPL)", "money/lead", "down", "tactical", "conversion", "crm", "384880"),
    ("conversions", "Conversions", "Lượt chuyển đổi", "conversion", "up", "tactical", "conversion", "ads", "95"),
    ("win_rate", "Win rate", "Tỷ lệ thắng cơ hội", "ratio", "up", "tactical", "conversion", "crm", "0.4166666666666666666666666667"),
    ("roas", "Return on ad spend (ROAS)", "Doanh thu trên chi phí quảng cáo (ROAS)", "ratio", "up", "tactical", "conversion", "ads", ""),
    ("unsubscribes", "Unsubscribes", "Lượt hủy nhận tin", "email", "down", "tactical", "loyalty", "email", "0"),
    ("clv_cac", "CLV to CAC", "Tỷ lệ CLV trên CAC", "ratio", "up", "tactical", "loyalty", "crm", ""),
];

/// A snapshot with every state, status, reason and mark.
pub(crate) fn rich() -> Snapshot {
    let mut kpis: Vec<KpiDoc> = LINES.iter().enumerate().map(|(index, line)| kpi(index, line)).collect();
    for (index, doc) in kpis.iter_mut().enumerate() {
        if doc.state == "value" {
            compare(doc, index);
        }
    }
    goals(&mut kpis);
    undefined(&mut kpis);
    evidence(&mut kpis);
    let mut snapshot = frame(kpis);
    snapshot.content_hash = snapshot.hash();
    snapshot
}

/// One KPI of each kind of outcome, for golden files.
pub(crate) fn small() -> Snapshot {
    let mut snapshot = rich();
    snapshot.kpis.retain(|doc| ["revenue", "ctr", "cpl", "reach", "avg_time_on_site"].contains(&doc.id.as_str()));
    snapshot.lists.truncate(1);
    snapshot.content_hash = snapshot.hash();
    snapshot
}

/// The rich snapshot in the middle of its month.
pub(crate) fn running() -> Snapshot {
    let mut snapshot = rich();
    snapshot.period.status = "running".to_owned();
    for doc in &mut snapshot.kpis {
        doc.pace.days_elapsed = 21;
        if let (Some(target), Some(value)) = (&mut doc.target, &doc.value) {
            let met = target.status == "met";
            target.status = if met { "on_track" } else { "behind" }.to_owned();
            doc.pace.expected = target.value.as_ref().map(|goal| times(goal, "0.6774193548387096774193548387"));
            doc.pace.projected = Some(times(value, "1.476190476190476190476190476"));
        }
    }
    snapshot.content_hash = snapshot.hash();
    snapshot
}

/// Sixty KPIs of thirteen points with figures as long as they get.
pub(crate) fn large() -> Snapshot {
    let mut snapshot = rich();
    let base = snapshot.kpis.clone();
    let mut index = 0;
    while snapshot.completeness.sources.len() < 35 {
        let mut more = snapshot.completeness.sources[0].clone();
        more.id = format!("ads-{}", snapshot.completeness.sources.len());
        snapshot.completeness.sources.push(more);
    }
    while snapshot.kpis.len() < 60 {
        let mut doc = base[index % base.len()].clone();
        doc.id = format!("{}.variant_{index}", doc.id);
        doc.name.vi = format!("{} ({index})", doc.name.vi);
        doc.name.en = format!("{} ({index})", doc.name.en);
        snapshot.kpis.push(doc);
        index += 1;
    }
    let paid = find(&mut snapshot.kpis, "spend").inputs.clone();
    for doc in &mut snapshot.kpis {
        if let (true, Some(value)) = (doc.segments.is_empty(), doc.value.clone()) {
            let names = (0..20).map(|number| format!("Chiến dịch {number}"));
            doc.segments = names.map(|name| segment(&[("campaign", name.as_str())], &value)).collect();
        }
        if doc.inputs.is_empty() {
            doc.inputs = paid.clone();
            doc.formula = text("spend / sum(leads where channel == \"ads\")");
        }
        for input in &mut doc.inputs {
            while input.converted.len() > 1 && input.converted.len() < 60 {
                let mut next = input.converted[0].clone();
                next.date = format!("2026-{:02}-{:02}", 8 + input.converted.len() / 30, 1 + input.converted.len() % 30);
                input.converted.push(next);
            }
        }
        if doc.unit == "ratio" {
            for point in &mut doc.trend.points {
                point.value = point.value.as_ref().map(|value| times(value, "0.9876543209876543209876543210"));
            }
        }
    }
    snapshot.content_hash = snapshot.hash();
    snapshot
}

/// A snapshot without KPIs.
pub(crate) fn empty() -> Snapshot {
    let mut snapshot = rich();
    snapshot.kpis.clear();
    snapshot.lists.clear();
    snapshot.changes.clear();
    snapshot.warnings.clear();
    snapshot.completeness.status = "empty".to_owned();
    snapshot.completeness.sources.iter_mut().for_each(|source| source.status = "failed".to_owned());
    snapshot.content_hash = snapshot.hash();
    snapshot
}

fn times(one: &str, two: &str) -> String {
    (Rational::parse_plain(one).unwrap() * Rational::parse_plain(two).unwrap()).to_string()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn some(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn kpi(index: usize, line: &Line) -> KpiDoc {
    let (id, en, vi, unit, direction, level, stage, channel, value) = *line;
    let whole = !matches!(unit, "ratio" | "seconds/visit" | "rank" | "action/post" | "impression/person");
    let factor = |month: usize| {
        // A slow rise with a wave, without chance, so that the files stay as they are.
        let wave = [0, 30, 55, 20, -35, -60, -10, 45, 70, 15, -25, 10, 0][(month + index) % 13];
        format!("0.{:03}", 820 + 13 * month as i64 + wave - 60)
    };
    let points = (0..13).map(|month| {
        let period = if month < 3 { format!("2025-{:02}", month + 10) } else { format!("2026-{:02}", month - 2) };
        let hole = id == "avg_position" && (month == 4 || month == 6);
        let earlier = |value: &str| {
            let number = Rational::parse_plain(&times(value, &factor(month))).unwrap();
            if whole { number.to_fixed(0) } else { number.to_fixed(6) }
        };
        let value = if month == 12 { some(value) } else { some(value).map(|value| earlier(&value)) };
        TrendPoint { period, value: value.filter(|_| !hole) }
    });
    KpiDoc {
        id: text(id),
        kind: text("metric"),
        name: LocalText { en: text(en), vi: text(vi) },
        value: some(value),
        state: text(if value.is_empty() { "undefined" } else { "value" }),
        reason: None,
        unit: text(unit),
        currency: unit.starts_with("money").then(|| text("VND")),
        direction: text(direction),
        level: Some(text(level)),
        stage: Some(text(stage)),
        owner: Some(text("Trưởng nhóm tăng trưởng")),
        quality: Vec::new(),
        bounds: None,
        inputs: Vec::new(),
        unattributed: None,
        claimed: None,
        restated: None,
        previous: None,
        year_ago: None,
        target: None,
        pace: PaceDoc { days_elapsed: 31, days_total: 31, expected: None, projected: None },
        forecast: None,
        trend: TrendDoc { direction: Some(text("up")), points: points.collect() },
        segments: Vec::new(),
        notes: Vec::new(),
        formula: String::new(),
        channel: Some(text(channel)),
        supports: Vec::new(),
    }
}

fn compare(doc: &mut KpiDoc, index: usize) {
    let value = doc.value.clone().unwrap();
    let against = |base: Option<String>, period: &str, unit: &str, direction: &str| {
        let (now, then) = (Rational::parse_plain(&value)?, Rational::parse_plain(&base.clone()?)?);
        let absolute = now - then.clone();
        let points = (unit == "ratio").then(|| (absolute.clone() * Rational::from(100)).to_string());
        let improved = match direction {
            "up" => Some(absolute.is_positive()),
            "down" => Some(absolute.is_negative()),
            _ => None,
        };
        let relative = absolute.checked_div(&then).map(|relative| relative.to_string());
        let kind = text(if relative.is_some() { "changed" } else { "new" });
        let change = ChangeOf { kind, absolute: Some(absolute.to_string()), relative, points };
        Some(ComparisonDoc {
            period: text(period),
            value: base.clone(),
            compared_value: base,
            like_for_like: true,
            improved,
            change,
            caveats: Vec::new(),
            per_day_relative: None,
        })
    };
    let point = |at: usize| doc.trend.points[at].value.clone();
    doc.previous = against(point(11), "2026-09", &doc.unit, &doc.direction);
    doc.year_ago = if index % 5 == 3 { None } else { against(point(0), "2025-10", &doc.unit, &doc.direction) };
}

fn find<'a>(kpis: &'a mut [KpiDoc], id: &str) -> &'a mut KpiDoc {
    kpis.iter_mut().find(|doc| doc.id == id).unwrap()
}

fn goals(kpis: &mut [KpiDoc]) {
    #[rustfmt::skip]
    let goals = [
        ("revenue", "1200000000", "1.04525", "-54300000", "met"),
        ("roi@revenue", "1.8", "0.8333333333333333333333333333", "0.3", "missed"),
        ("crr", "0.92", "0.9782608695652173913043478261", "0.02", "behind"),
        ("nps", "40", "1.05", "-2", "on_track"),
        ("leads", "150", "0.8333333333333333333333333333", "25", "missed"),
        ("cpl", "250000", "0.6495531074620660985242153398", "134880", "missed"),
        ("ctr", "0.012", "1.166666666666666666666666667", "-0.002", "met"),
        ("visits", "35000", "0.8857142857142857142857142857", "4000", "too_early"),
        ("email_click_rate", "0.05", "", "", "no_data"),
        ("avg_time_on_site", "150", "1.029333333333333333333333333", "-4.4", "met"),
    ];
    for (id, value, attainment, gap, status) in goals {
        let doc = find(kpis, id);
        doc.kind = text("kpi");
        doc.target = Some(TargetDoc {
            value: some(value),
            attainment: some(attainment),
            gap: some(gap),
            status: text(status),
            max: None,
            due: (id == "revenue").then(|| text("2026-12-31")),
        });
    }
    let band = find(kpis, "frequency");
    band.kind = text("kpi");
    band.target = Some(TargetDoc {
        value: some("2"),
        attainment: some("1"),
        gap: some("0"),
        status: text("met"),
        max: some("4"),
        due: None,
    });
}

fn undefined(kpis: &mut [KpiDoc]) {
    let reach = find(kpis, "reach");
    reach.reason = some("not_combinable");
    reach.bounds = Some([text("512000"), text("948000")]);
    find(kpis, "email_click_rate").reason = some("partial_input");
    find(kpis, "roas").reason = some("missing_rate");
    find(kpis, "clv_cac").reason = some("zero_denominator");
    find(kpis, "impressions").quality = vec![text("provisional")];
    find(kpis, "clicks").quality = vec![text("provisional"), text("partial 28/31")];
    find(kpis, "followers").quality = vec![text("stale ig-main 1d")];
    find(kpis, "visits").quality = vec![text("sampled"), text("thresholded")];
    let unsubscribes = find(kpis, "unsubscribes");
    unsubscribes.previous.as_mut().unwrap().change.kind = text("changed");
    let engagements = find(kpis, "engagements_per_post");
    let previous = engagements.previous.as_mut().unwrap();
    previous.change = ChangeOf { kind: text("undefined"), absolute: None, relative: None, points: None };
    previous.like_for_like = false;
    let sent = find(kpis, "emails_sent");
    sent.previous.as_mut().unwrap().like_for_like = false;
    sent.previous.as_mut().unwrap().caveats = vec![text("other sources have figures in 2026-09")];
    sent.year_ago.as_mut().unwrap().change =
        ChangeOf { kind: text("new"), absolute: some("42000"), relative: None, points: None };
}

fn segment(pairs: &[(&str, &str)], value: &str) -> SegmentDoc {
    SegmentDoc {
        by: pairs.iter().map(|(key, value)| (text(key), text(value))).collect::<BTreeMap<_, _>>(),
        value: some(value),
        state: text(if value.is_empty() { "undefined" } else { "value" }),
        reason: value.is_empty().then(|| text("zero_denominator")),
        target: None,
    }
}

fn input(metric: &str, value: &str, currency: Option<&str>, source: &str) -> InputDoc {
    InputDoc {
        metric: text(metric),
        value: some(value),
        currency: currency.map(text),
        sources: vec![text(source)],
        converted: Vec::new(),
    }
}

fn evidence(kpis: &mut [KpiDoc]) {
    let mut spend = input("spend", "48110000", Some("VND"), "ads-us");
    spend.sources.push(text("ads-vn"));
    for (day, amount, rate) in [(30, "400", "25300"), (31, "600", "25400")] {
        spend.converted.push(ConversionDoc {
            from: text("USD"),
            to: text("VND"),
            amount: text(amount),
            rate: text(rate),
            date: format!("2026-10-{day}"),
            rule: text("day"),
            origin: text("rates.csv"),
        });
    }
    let cpl = find(kpis, "cpl");
    cpl.formula = text("spend / leads");
    cpl.inputs = vec![spend.clone(), input("leads", "125", None, "crm-export")];
    cpl.supports = vec![text("revenue")];
    cpl.segments = vec![
        segment(&[("channel", "ads")], "384880"),
        segment(&[("channel", "email")], ""),
        segment(&[("channel", "ads"), ("campaign", "Thu 2026 <brand>")], "401000"),
        segment(&[("channel", "ads"), ("campaign", "Tìm kiếm & nội dung")], "312500"),
    ];
    let doc = find(kpis, "spend");
    doc.inputs = vec![spend];
    let revenue = find(kpis, "revenue");
    revenue.formula = text("revenue");
    revenue.inputs = vec![input("revenue", "1254300000", Some("VND"), "crm-export")];
    revenue.segments = vec![
        segment(&[("channel", "ads")], "684000000"),
        segment(&[("channel", "email")], "301500000"),
        segment(&[("channel", "seo")], "187300000"),
        segment(&[("channel", "social")], "81500000"),
    ];
    revenue.restated = Some(RestatedDoc {
        from: text("1221000000"),
        to: text("1254300000"),
        absolute: text("33300000"),
        relative: some("0.0272727272727272727272727273"),
    });
    let leads = find(kpis, "leads");
    leads.segments = vec![
        segment(&[("channel", "ads")], "80"),
        segment(&[("channel", "social")], "25"),
        segment(&[("channel", "email")], "12"),
        segment(&[("channel", "seo")], "8"),
    ];
    let ctr = find(kpis, "ctr");
    ctr.formula = text("clicks / impressions");
    ctr.inputs = vec![input("clicks", "17284", None, "ads-us"), input("impressions", "1234567", None, "ads-us")];
    let time = find(kpis, "avg_time_on_site");
    time.formula = text("time_on_site / visits");
    time.inputs = vec![input("time_on_site", "4786400", None, "web-main"), input("visits", "31000", None, "web-main")];
    let conversions = find(kpis, "conversions");
    conversions.claimed = Some(vec![
        ClaimDoc { metric: text("conversions"), claimant: text("google_ads"), value: some("80"), used: false },
        ClaimDoc { metric: text("conversions"), claimant: text("meta_ads"), value: some("65"), used: false },
        ClaimDoc { metric: text("conversions"), claimant: text("crm"), value: some("95"), used: true },
    ]);
    let organic = find(kpis, "organic_visits");
    organic.unattributed = Some(vec![UnattributedDoc {
        metric: text("organic_clicks"),
        source: text("gsc-main"),
        by: vec![text("query")],
        total: text("1000"),
        parts: text("830"),
        value: text("170"),
        share: some("0.17"),
    }]);
    organic.notes = vec![text("queries below the privacy threshold are hidden")];
}

fn source(id: &str, adapter: &str, channel: &str, zone: (&str, &str), rows: u64) -> SourceDoc {
    SourceDoc {
        id: text(id),
        adapter: text(adapter),
        channel: text(channel),
        status: text("complete"),
        error: None,
        rows,
        timezone: text(zone.0),
        shift_hours: text(zone.1),
        slices: vec![SliceDoc { id: format!("{id}/day/2026-10"), revision: 1, hash: format!("sha256:{:064x}", rows) }],
    }
}

fn frame(kpis: Vec<KpiDoc>) -> Snapshot {
    let home = ("Asia/Ho_Chi_Minh", "0");
    let mut sources = vec![
        source("ads-us", "google_ads", "ads", ("America/New_York", "-11"), 930),
        source("ads-vn", "meta_ads", "ads", home, 310),
        source("crm-export", "file", "crm", home, 125),
        source("gsc-main", "google_search_console", "seo", ("America/Los_Angeles", "-14"), 12044),
        source("ig-main", "instagram", "social", home, 62),
        source("mail-main", "mailchimp", "email", home, 0),
        source("web-main", "google_analytics_4", "web", home, 2480),
    ];
    sources[5].status = text("failed");
    sources[5].error = Some(ErrorDoc {
        kind: text("auth"),
        message: text("the API key was rejected (status=401)"),
        hint: text("renew the credentials (kpi auth mail-main) and run again"),
    });
    sources[4].status = text("partial");
    sources[4].error = Some(ErrorDoc {
        kind: text("quota"),
        message: text("the hourly allowance is spent"),
        hint: text("run again after the allowance resets; what was collected is kept"),
    });
    let row = |label: &str, source: &str, value: &str, previous: &str| ListRow {
        label: text(label),
        source: text(source),
        value: text(value),
        previous: some(previous),
    };
    Snapshot {
        schema: text(SCHEMA),
        workspace: text("Cà phê Hương Việt"),
        period: PeriodDoc {
            id: text("2026-10"),
            grain: text("month"),
            start: text("2026-10-01"),
            end: text("2026-10-31"),
            timezone: text("Asia/Ho_Chi_Minh"),
            status: text("ended"),
        },
        currency: text("VND"),
        revision: 2,
        evaluated_on: text("2026-11-01"),
        generated_at: text("2026-11-01T00:05:00Z"),
        content_hash: String::new(),
        completeness: Completeness { status: text("partial"), sources },
        kpis,
        warnings: vec![text("conversions is claimed by google_ads and meta_ads: say in [overlap] who is right")],
        report: ReportDoc {
            purpose: Some(text("Quyết định phân bổ ngân sách quý I/2027.")),
            questions: vec![
                text("Kênh nào mang lại khách hàng tiềm năng rẻ nhất?"),
                text("Doanh thu có đúng kế hoạch năm?"),
            ],
            locale: text("vi"),
        },
        assumptions: vec![AssumptionDoc {
            id: text("gross_margin"),
            value: text("30 %"),
            note: Some(text("phòng tài chính, 2026-09")),
        }],
        changes: vec![ChangeDoc {
            date: text("2026-10-01"),
            kpi: text("cpl"),
            reason: text("new_campaign"),
            note: text("Chiến dịch mùa thu: mục tiêu 250.000 ₫ thay cho 300.000 ₫."),
        }],
        lists: vec![
            ListDoc {
                id: text("top_posts"),
                name: LocalText {
                    en: text("Most engaging posts"), vi: text("Bài đăng có nhiều tương tác nhất")
                },
                metric: text("engagements"),
                currency: None,
                incomplete: false,
                rows: vec![
                    row("Hậu trường rang xay <script>alert(1)</script>", "ig-main", "1840", "920"),
                    row("Công thức cà phê muối", "ig-main", "1210", ""),
                    row("Khuyến mãi 20/10", "ig-main", "655", "702"),
                ],
            },
            ListDoc {
                id: text("top_queries"),
                name: LocalText { en: text("Top search queries"), vi: text("Truy vấn tìm kiếm hàng đầu") },
                metric: text("organic_clicks"),
                currency: None,
                incomplete: true,
                rows: vec![
                    row("cà phê muối", "gsc-main", "310", "240"),
                    row("cà phê rang mộc", "gsc-main", "145", "160"),
                ],
            },
            ListDoc {
                id: text("keyword_ranks"),
                name: LocalText { en: text("Keyword ranks"), vi: text("Thứ hạng từ khóa") },
                metric: text("keyword_rank"),
                currency: None,
                incomplete: false,
                rows: vec![
                    row("cà phê hạt", "gsc-main", "2.3", "4.1"),
                    row("máy pha cà phê", "gsc-main", "11.8", "9.6"),
                ],
            },
        ],
    }
}
