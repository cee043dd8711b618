//! Vietnamese.

use super::{EntityName, GoalFacts, Move, MoveFacts, Words};
use crate::number::Marks;

fn money(amount: &str, currency: &str) -> String {
    let symbol = match currency {
        "VND" => "₫",
        "USD" => "US$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "JP¥",
        "KRW" => "₩",
        "INR" => "₹",
        "TRY" => "₺",
        _ => currency,
    };
    format!("{amount} {symbol}")
}

fn entity(id: &str) -> Option<EntityName> {
    let (many, each) = match id {
        "impression" => ("lượt", "lượt hiển thị"),
        "viewable_impression" => ("lượt", "lượt hiển thị có thể xem"),
        "mille" => ("nghìn", "1.000 lượt hiển thị"),
        "click" | "link_click" => ("lượt", "lượt nhấp"),
        "video_view" => ("lượt", "lượt xem video"),
        "like" => ("lượt", "lượt thích"),
        "comment" => ("lượt", "bình luận"),
        "share" => ("lượt", "lượt chia sẻ"),
        "save" => ("lượt", "lượt lưu"),
        "action" | "interaction" => ("lượt", "lượt tương tác"),
        "post" => ("bài", "bài đăng"),
        "conversion" => ("lượt", "lượt chuyển đổi"),
        "lead" => ("lead", "lead"),
        "opportunity" => ("cơ hội", "cơ hội"),
        "order" => ("đơn", "đơn hàng"),
        "item" => ("sản phẩm", "sản phẩm"),
        "customer" => ("khách", "khách hàng"),
        "visit" => ("lượt", "lượt truy cập"),
        "engaged_visit" => ("lượt", "lượt truy cập có tương tác"),
        "single_page_visit" => ("lượt", "lượt truy cập một trang"),
        "converting_visit" => ("lượt", "lượt truy cập có chuyển đổi"),
        "visitor" => ("người", "khách truy cập"),
        "page_view" => ("lượt", "lượt xem trang"),
        "form" => ("biểu mẫu", "biểu mẫu"),
        "email" => ("email", "email"),
        "registration" => ("lượt", "lượt đăng ký"),
        "answer" => ("câu trả lời", "câu trả lời"),
        "follower" => ("người", "người theo dõi"),
        "subscriber" => ("người", "người nhận tin"),
        "keyword" => ("từ khóa", "từ khóa"),
        "person" => ("người", "người"),
        _ => return None,
    };
    Some(EntityName { many, each })
}

fn status(code: &str) -> &'static str {
    match code {
        "met" => "Đạt",
        "on_track" => "Đúng tiến độ",
        "behind" => "Chậm tiến độ",
        "missed" => "Không đạt",
        "too_early" => "Còn quá sớm",
        _ => "Chưa có dữ liệu",
    }
}

fn status_rule(code: &str) -> &'static str {
    match code {
        "met" => "giá trị đã đạt mục tiêu",
        "on_track" => "kỳ chưa kết thúc và giá trị theo kịp mức mà mục tiêu đòi hỏi đến nay",
        "behind" => "kỳ chưa kết thúc và giá trị thấp hơn mức mà mục tiêu đòi hỏi đến nay",
        "missed" => "kỳ đã kết thúc mà giá trị chưa đạt mục tiêu",
        "too_early" => "số ngày đã qua còn quá ít để đánh giá",
        _ => "chưa có giá trị, hoặc dữ liệu chưa đủ để đánh giá",
    }
}

fn reason(code: &str) -> &'static str {
    match code {
        "zero_denominator" => "Mẫu số bằng 0 nên không thể chia.",
        "missing_input" => "Thiếu một số liệu đầu vào.",
        "missing_rate" => "Thiếu tỷ giá cần để quy đổi tiền tệ.",
        "not_combinable" => "Các số liệu thành phần không thể cộng gộp với nhau.",
        "definition_break" => "Cách đếm đã thay đổi nên các số liệu không thể nối tiếp nhau.",
        "partial_input" => "Một nguồn cần thiết chưa cung cấp đủ dữ liệu của cả kỳ.",
        "withheld" => "Nền tảng không công bố số liệu này vì dưới ngưỡng riêng tư.",
        "unsupported" => "Nền tảng không cung cấp số liệu này.",
        "withdrawn" => "Nền tảng đã rút lại số liệu này.",
        "not_yet" => "Nền tảng chưa công bố số liệu này.",
        _ => "Không tính được.",
    }
}

fn stage(code: &str) -> &'static str {
    match code {
        "awareness" => "Nhận biết",
        "engagement" => "Tương tác",
        "conversion" => "Chuyển đổi",
        "loyalty" => "Giữ chân và trung thành",
        _ => "Số liệu khác",
    }
}

fn channel(code: &str) -> Option<&'static str> {
    Some(match code {
        "seo" => "Tìm kiếm (SEO)",
        "web" => "Website",
        "social" => "Mạng xã hội",
        "email" => "Email",
        "ads" => "Quảng cáo",
        "events" => "Sự kiện",
        "crm" => "Bán hàng (CRM)",
        "survey" => "Khảo sát",
        _ => return None,
    })
}

fn dimension(code: &str) -> Option<&'static str> {
    Some(match code {
        "channel" => "Kênh",
        "campaign" => "Chiến dịch",
        "source" => "Nguồn",
        "account" => "Tài khoản",
        "country" => "Quốc gia",
        "region" => "Khu vực",
        "device" => "Thiết bị",
        "age" => "Độ tuổi",
        "gender" => "Giới tính",
        "keyword" => "Từ khóa",
        "query" => "Truy vấn",
        "page" => "Trang",
        "post" => "Bài đăng",
        "product" => "Sản phẩm",
        "owner" => "Người phụ trách",
        "team" => "Nhóm",
        "ad_group" => "Nhóm quảng cáo",
        "event" => "Sự kiện",
        "definition" => "Định nghĩa",
        _ => return None,
    })
}

fn completeness(code: &str) -> &'static str {
    match code {
        "complete" => "Đầy đủ",
        "partial" => "Chưa đủ",
        "empty" => "Trống",
        "failed" => "Thất bại",
        "skipped" => "Bỏ qua",
        _ => "Không rõ",
    }
}

fn error_kind(code: &str) -> &'static str {
    match code {
        "config" => "cấu hình chưa đúng",
        "auth" => "thông tin đăng nhập bị từ chối hoặc đã hết hạn",
        "permission" => "thiếu quyền truy cập",
        "not_found" => "tài khoản hoặc trang không tồn tại",
        "unsupported" => "nền tảng không cung cấp số liệu được yêu cầu",
        "rate_limited" => "nền tảng yêu cầu giảm tốc độ",
        "quota" => "đã dùng hết hạn mức của nền tảng",
        "unavailable" => "không kết nối được với nền tảng",
        "protocol" => "phản hồi của nền tảng không đúng như tài liệu",
        "contract" => "bộ kết nối có lỗi",
        _ => "chương trình gặp lỗi",
    }
}

fn error_hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "config" => "Sửa cấu hình rồi chạy lại.",
        "auth" => "Gia hạn thông tin đăng nhập (kpi auth) rồi chạy lại.",
        "permission" => "Xin quản trị viên của tài khoản cấp quyền, sau đó chạy kpi check.",
        "not_found" => "Kiểm tra mã tài khoản trong cấu hình.",
        "unsupported" => "Bỏ yêu cầu này hoặc dùng nguồn khác.",
        "rate_limited" => "Chạy lại sau, hoặc giảm số yêu cầu đồng thời.",
        "quota" => "Chạy lại khi hạn mức được làm mới; dữ liệu đã thu thập vẫn được giữ.",
        "unavailable" => "Chạy lại sau; dữ liệu đã thu thập vẫn được giữ.",
        "protocol" => "Cập nhật kpi hoặc báo cho người viết bộ kết nối.",
        "contract" => "Báo lỗi cho người viết bộ kết nối.",
        _ => "Xem nhật ký rồi chạy lại.",
    })
}

fn change_reason(code: &str) -> &'static str {
    match code {
        "new_campaign" => "Chiến dịch mới",
        "strategy" => "Thay đổi chiến lược",
        "market" => "Thị trường thay đổi",
        "competitor" => "Đối thủ thay đổi",
        "insufficient" => "KPI chưa đáp ứng được yêu cầu",
        "new_method" => "Phương pháp đo mới",
        _ => "Lý do khác",
    }
}

fn moved(facts: &MoveFacts<'_>) -> String {
    let MoveFacts { name, way, by, since, from, to, verdict } = facts;
    let verdict = verdict.map(|word| format!(" ({word})")).unwrap_or_default();
    match way {
        Move::Up => format!("{name} tăng {by} so với {since}, từ {from} lên {to}{verdict}."),
        Move::Down => format!("{name} giảm {by} so với {since}, từ {from} xuống {to}{verdict}."),
        Move::Flat => format!("{name} giữ nguyên ở mức {to}."),
    }
}

fn off_target(facts: &GoalFacts<'_>) -> String {
    let GoalFacts { name, value, goal, attained, gap, status } = facts;
    let attained = attained.map(|share| format!(" (đạt {share})")).unwrap_or_default();
    let gap = gap.map(|gap| format!("; còn cách {gap}")).unwrap_or_default();
    format!("{name}: {value} so với mục tiêu {goal}{attained}{gap}. {status}.")
}

/// What the program writes in English, and how it is said here.
const PHRASES: &[(&str, &str)] = &[
    ("no reading of {} from {} in the period", "không có lần đọc {} nào từ {} trong kỳ"),
    (
        "a hole: no reading of {} from {} within a day of {}",
        "thiếu lần đọc: không có {} từ {} trong vòng một ngày quanh {}",
    ),
    ("{} is counted by different rules: {}", "{} được đếm theo các cách khác nhau: {}"),
    (
        "{} is claimed by {}: say in [overlap] who is right",
        "nhiều bên cùng nhận {} ({}): hãy nêu trong [overlap] bên nào đúng",
    ),
    ("source {} is failed, and {} needs it", "nguồn {} thất bại, mà {} cần nguồn này"),
    ("source {} is partial, and {} needs it", "nguồn {} chưa đủ dữ liệu, mà {} cần nguồn này"),
    ("source {} is skipped, and {} needs it", "nguồn {} bị bỏ qua, mà {} cần nguồn này"),
    ("no day has figures in both periods", "không có ngày nào có số liệu ở cả hai kỳ"),
    ("definition_break: {} is counted by another rule in {}", "{} được đếm theo cách khác trong kỳ {}"),
    ("other sources have figures in {}", "trong kỳ {} có số liệu từ các nguồn khác"),
    ("the calendar has no such period", "lịch không có kỳ như vậy"),
    ("missing rate {} {}", "thiếu tỷ giá {} ngày {}"),
];

pub(super) static WORDS: Words = Words {
    code: "vi",
    marks: Marks { point: ',', group: '.' },

    money,
    million: " triệu",
    billion: " tỷ",
    percentage_points: "điểm %",
    score_points: "điểm",
    entity,
    per: |each| format!("trên mỗi {each}"),

    date: |year, month, day| format!("{day:02}/{month:02}/{year}"),
    month: |year, month| format!("Tháng {month}/{year}"),
    month_short: |year, month| format!("{month}/{year}"),
    week: |year, week| format!("Tuần {week}/{year}"),
    quarter: |year, quarter| format!("Quý {quarter}/{year}"),
    year: |year| format!("Năm {year}"),
    fiscal_year: |year| format!("Năm tài chính {year}"),
    fiscal_quarter: |year, quarter| format!("Quý {quarter} năm tài chính {year}"),
    in_sentence: str::to_lowercase,
    days_of: |elapsed, total| format!("đã qua {elapsed} trên {total} ngày"),

    status,
    status_rule,
    reason,
    stage,
    channel,
    dimension,
    level: |code| if code == "strategic" { "Chiến lược" } else { "Chiến thuật" },
    period_status: |code| match code {
        "running" => "chưa kết thúc",
        "settled" => "đã chốt: nền tảng không còn điều chỉnh",
        _ => "đã kết thúc; nền tảng còn có thể điều chỉnh số liệu",
    },
    completeness,
    error_kind,
    error_hint,
    change_reason,
    rate_rule: |code| match code {
        "day" => "tỷ giá trong ngày",
        "period_end" => "tỷ giá cuối kỳ",
        "period_average" => "tỷ giá bình quân trong kỳ",
        _ => "cách khác",
    },
    direction: |code| match code {
        "up" => "càng cao càng tốt",
        "down" => "càng thấp càng tốt",
        "band" => "tốt nhất trong một khoảng",
        _ => "không có chiều tốt hay xấu",
    },

    provisional: "tạm tính",
    partial: |days| format!("có dữ liệu {} ngày", days.replace('/', " trên ")),
    stale: |source, days| format!("{source} chậm {days} ngày"),
    sampled: "ước tính từ mẫu",
    thresholded: "ẩn các dòng nhỏ",
    between: |low, high| format!("trong khoảng {low} đến {high}"),

    vs_previous: "so với kỳ trước",
    vs_year: "so với năm trước",
    better: "tốt hơn",
    worse: "kém hơn",
    new: "mới",
    unchanged: "không đổi",
    not_compared: "không so sánh được",
    not_alike: "so sánh có dè dặt",
    per_day: |change| format!("{change} mỗi ngày"),

    title: |period| format!("Báo cáo KPI: {period}"),
    purpose: "Mục đích",
    questions: "Báo cáo này trả lời",
    headlines: "Điểm chính",
    story: "Diễn biến",
    strategic: "KPI chiến lược",
    by_stage: "KPI theo giai đoạn của hành trình khách hàng",
    by_channel: "Theo kênh",
    trends: "Xu hướng",
    figures: "Số liệu các kỳ",
    heat_note: "Ô càng đậm thì số liệu càng gần mức cao nhất của dòng.",
    segments: "Phân khúc",
    lists: "Bảng xếp hạng",
    details: "Chi tiết từng KPI",
    trust: "Cơ sở của báo cáo",
    warnings: "Cảnh báo",
    changes: "Mục tiêu và định nghĩa đã thay đổi",
    sources: "Nguồn dữ liệu",
    failing: "Nguồn cần xử lý",
    rates: "Tỷ giá đã dùng",
    assumptions: "Giả định",
    rules: "Cách xếp trạng thái",
    kpi: "KPI",
    value: "Giá trị",
    trend: "Xu hướng",
    target: "Mục tiêu",
    status_label: "Trạng thái",
    due: |day| format!("hạn {day}"),
    attained: |share| format!("đạt {share}"),
    gap: "còn thiếu",
    expected: "Mức cần đạt đến nay",
    projected: "Theo đà này",
    no_goal: "Chưa đặt mục tiêu",
    formula: "Công thức",
    inputs: "Tính từ",
    converted: |from, to, count| format!("{count} khoản quy đổi từ {from} sang {to}"),
    owner: "Phụ trách",
    supports: "Phục vụ",
    reading: "Cách đọc",
    claimed: "Số mà từng nền tảng tự nhận",
    claim_used: "được dùng",
    unattributed: "Chưa phân bổ",
    unattributed_of: |total, parts, rest| format!("{rest} trên tổng {total}; các phần cộng lại là {parts}"),
    notes: "Ghi chú",
    message: "Thông tin kỹ thuật",
    to_do: "Việc cần làm",
    as_table: "Xem dạng bảng",
    period: "Kỳ",
    more: |count| format!("và {count} dòng nữa trong dữ liệu gốc"),
    incomplete_list: "Nền tảng ẩn một số dòng nên danh sách chưa đầy đủ.",
    rank: "Hạng",
    item: "Mục",
    before: "Kỳ trước",
    adapter: "Bộ kết nối",
    channel_label: "Kênh",
    rows: "Số dòng",
    zone: "Múi giờ chia ngày",
    shift: |hours| format!("lệch {hours} giờ so với báo cáo"),
    rate: "Tỷ giá",
    day: "Ngày",
    rule: "Cách chọn",
    origin: "Xuất xứ",
    reason_label: "Lý do",
    note: "Ghi chú",
    amount: "Số tiền",
    completeness_line: |status, complete, all| match status {
        "complete" => format!("Đầy đủ: {complete} trên {all} nguồn đã cung cấp dữ liệu cả kỳ."),
        "empty" => format!("Trống: chưa nguồn nào trong {all} nguồn cung cấp dữ liệu của kỳ."),
        _ => format!("Chưa đủ: {complete} trên {all} nguồn đã cung cấp dữ liệu cả kỳ."),
    },
    made: |day, revision| format!("Tính ngày {day}, bản số {revision}"),
    hash: "Mã băm nội dung",
    basis: |zone, currency| format!("Ngày được chia theo múi giờ {zone}; số tiền tính bằng {currency}."),
    definitions: "Mỗi KPI được định nghĩa bằng công thức ghi trong báo cáo này. Số liệu chỉ được làm tròn khi hiển thị.",
    empty: "Dữ liệu kỳ này chưa có KPI nào.",
    contents: "Mục lục",
    spark: |count, least, most| format!("{count} kỳ, từ {least} đến {most}"),

    moved,
    moved_heading: "Thay đổi nhiều nhất",
    goals_met: |met, on_track, all| match on_track {
        0 => format!("Đã đạt {met} trên {all} mục tiêu."),
        _ => format!("Trong {all} mục tiêu, {met} đã đạt và {on_track} đúng tiến độ."),
    },
    goals_heading: "Mục tiêu",
    off_target,
    at_this_pace: |value| format!("Theo đà này, cuối kỳ sẽ là {value}."),
    undefined_heading: "Chưa tính được",
    missing_heading: "Dữ liệu còn thiếu và việc cần làm",
    source_failed: |source, adapter, status, what| format!("{source} ({adapter}), {status}: {what}."),
    restated_heading: "Đã điều chỉnh so với lần báo cáo đầu",
    restated: |name, from, to, by| format!("{name}: từ {from} thành {to} ({by})."),
    largest: |name, segment, value| format!("{name}: lớn nhất ở {segment}, với {value}."),
    quiet: "Không có thay đổi nào so sánh được.",
    phrases: PHRASES,
};
