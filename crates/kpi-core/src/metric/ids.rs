//! Ids of the built-in metrics, generated from `data/dictionary.toml`.

use super::MetricId;

/// `active_leads`
pub const ACTIVE_LEADS: MetricId = MetricId::plain("active_leads");
/// `audience_size`
pub const AUDIENCE_SIZE: MetricId = MetricId::plain("audience_size");
/// `budget`
pub const BUDGET: MetricId = MetricId::money("budget");
/// `buyers`
pub const BUYERS: MetricId = MetricId::plain("buyers");
/// `clicks`
pub const CLICKS: MetricId = MetricId::plain("clicks");
/// `comments`
pub const COMMENTS: MetricId = MetricId::plain("comments");
/// `conversion_value`
pub const CONVERSION_VALUE: MetricId = MetricId::money("conversion_value");
/// `conversions`
pub const CONVERSIONS: MetricId = MetricId::plain("conversions");
/// `converting_visitors`
pub const CONVERTING_VISITORS: MetricId = MetricId::plain("converting_visitors");
/// `converting_visits`
pub const CONVERTING_VISITS: MetricId = MetricId::plain("converting_visits");
/// `cost_of_goods`
pub const COST_OF_GOODS: MetricId = MetricId::money("cost_of_goods");
/// `customers`
pub const CUSTOMERS: MetricId = MetricId::plain("customers");
/// `email_link_clicks`
pub const EMAIL_LINK_CLICKS: MetricId = MetricId::plain("email_link_clicks");
/// `emails_bounced`
pub const EMAILS_BOUNCED: MetricId = MetricId::plain("emails_bounced");
/// `emails_clicked`
pub const EMAILS_CLICKED: MetricId = MetricId::plain("emails_clicked");
/// `emails_delivered`
pub const EMAILS_DELIVERED: MetricId = MetricId::plain("emails_delivered");
/// `emails_delivered_mpp`
pub const EMAILS_DELIVERED_MPP: MetricId = MetricId::plain("emails_delivered_mpp");
/// `emails_opened`
pub const EMAILS_OPENED: MetricId = MetricId::plain("emails_opened");
/// `emails_opened_mpp`
pub const EMAILS_OPENED_MPP: MetricId = MetricId::plain("emails_opened_mpp");
/// `emails_sent`
pub const EMAILS_SENT: MetricId = MetricId::plain("emails_sent");
/// `engaged_visits`
pub const ENGAGED_VISITS: MetricId = MetricId::plain("engaged_visits");
/// `engagements`
pub const ENGAGEMENTS: MetricId = MetricId::plain("engagements");
/// `event_attendance`
pub const EVENT_ATTENDANCE: MetricId = MetricId::plain("event_attendance");
/// `event_registrations`
pub const EVENT_REGISTRATIONS: MetricId = MetricId::plain("event_registrations");
/// `followers`
pub const FOLLOWERS: MetricId = MetricId::plain("followers");
/// `form_submissions`
pub const FORM_SUBMISSIONS: MetricId = MetricId::plain("form_submissions");
/// `impressions`
pub const IMPRESSIONS: MetricId = MetricId::plain("impressions");
/// `items_sold`
pub const ITEMS_SOLD: MetricId = MetricId::plain("items_sold");
/// `keyword_rank`
pub const KEYWORD_RANK: MetricId = MetricId::plain("keyword_rank");
/// `leads`
pub const LEADS: MetricId = MetricId::plain("leads");
/// `likes`
pub const LIKES: MetricId = MetricId::plain("likes");
/// `link_clicks`
pub const LINK_CLICKS: MetricId = MetricId::plain("link_clicks");
/// `lost_customers`
pub const LOST_CUSTOMERS: MetricId = MetricId::plain("lost_customers");
/// `market_amount`
pub const MARKET_AMOUNT: MetricId = MetricId::money("market_amount");
/// `measurable_impressions`
pub const MEASURABLE_IMPRESSIONS: MetricId = MetricId::plain("measurable_impressions");
/// `mql`
pub const MQL: MetricId = MetricId::plain("mql");
/// `new_customers`
pub const NEW_CUSTOMERS: MetricId = MetricId::plain("new_customers");
/// `open_pipeline`
pub const OPEN_PIPELINE: MetricId = MetricId::money("open_pipeline");
/// `opportunities_created`
pub const OPPORTUNITIES_CREATED: MetricId = MetricId::plain("opportunities_created");
/// `opportunities_lost`
pub const OPPORTUNITIES_LOST: MetricId = MetricId::plain("opportunities_lost");
/// `opportunities_won`
pub const OPPORTUNITIES_WON: MetricId = MetricId::plain("opportunities_won");
/// `opt_ins_new`
pub const OPT_INS_NEW: MetricId = MetricId::plain("opt_ins_new");
/// `opt_ins_total`
pub const OPT_INS_TOTAL: MetricId = MetricId::plain("opt_ins_total");
/// `orders`
pub const ORDERS: MetricId = MetricId::plain("orders");
/// `organic_clicks`
pub const ORGANIC_CLICKS: MetricId = MetricId::plain("organic_clicks");
/// `organic_visits`
pub const ORGANIC_VISITS: MetricId = MetricId::plain("organic_visits");
/// `other_cost`
pub const OTHER_COST: MetricId = MetricId::money("other_cost");
/// `page_views`
pub const PAGE_VIEWS: MetricId = MetricId::plain("page_views");
/// `posts`
pub const POSTS: MetricId = MetricId::plain("posts");
/// `ranked_keywords`
pub const RANKED_KEYWORDS: MetricId = MetricId::plain("ranked_keywords");
/// `reach`
pub const REACH: MetricId = MetricId::plain("reach");
/// `referral_visits`
pub const REFERRAL_VISITS: MetricId = MetricId::plain("referral_visits");
/// `repeat_customers`
pub const REPEAT_CUSTOMERS: MetricId = MetricId::plain("repeat_customers");
/// `retained_customers`
pub const RETAINED_CUSTOMERS: MetricId = MetricId::plain("retained_customers");
/// `revenue`
pub const REVENUE: MetricId = MetricId::money("revenue");
/// `saves`
pub const SAVES: MetricId = MetricId::plain("saves");
/// `search_impressions`
pub const SEARCH_IMPRESSIONS: MetricId = MetricId::plain("search_impressions");
/// `search_position_sum`
pub const SEARCH_POSITION_SUM: MetricId = MetricId::plain("search_position_sum");
/// `shares`
pub const SHARES: MetricId = MetricId::plain("shares");
/// `single_page_visits`
pub const SINGLE_PAGE_VISITS: MetricId = MetricId::plain("single_page_visits");
/// `spam_complaints`
pub const SPAM_COMPLAINTS: MetricId = MetricId::plain("spam_complaints");
/// `spend`
pub const SPEND: MetricId = MetricId::money("spend");
/// `sql`
pub const SQL: MetricId = MetricId::plain("sql");
/// `staff_cost`
pub const STAFF_COST: MetricId = MetricId::money("staff_cost");
/// `survey_answers`
pub const SURVEY_ANSWERS: MetricId = MetricId::plain("survey_answers");
/// `time_on_site`
pub const TIME_ON_SITE: MetricId = MetricId::plain("time_on_site");
/// `tracked_keywords`
pub const TRACKED_KEYWORDS: MetricId = MetricId::plain("tracked_keywords");
/// `unsubscribes`
pub const UNSUBSCRIBES: MetricId = MetricId::plain("unsubscribes");
/// `video_views`
pub const VIDEO_VIEWS: MetricId = MetricId::plain("video_views");
/// `viewable_impressions`
pub const VIEWABLE_IMPRESSIONS: MetricId = MetricId::plain("viewable_impressions");
/// `visitors`
pub const VISITORS: MetricId = MetricId::plain("visitors");
/// `visits`
pub const VISITS: MetricId = MetricId::plain("visits");

/// Every built-in metric.
#[cfg(test)]
pub(super) const ALL: &[MetricId] = &[
    ACTIVE_LEADS,
    AUDIENCE_SIZE,
    BUDGET,
    BUYERS,
    CLICKS,
    COMMENTS,
    CONVERSION_VALUE,
    CONVERSIONS,
    CONVERTING_VISITORS,
    CONVERTING_VISITS,
    COST_OF_GOODS,
    CUSTOMERS,
    EMAIL_LINK_CLICKS,
    EMAILS_BOUNCED,
    EMAILS_CLICKED,
    EMAILS_DELIVERED,
    EMAILS_DELIVERED_MPP,
    EMAILS_OPENED,
    EMAILS_OPENED_MPP,
    EMAILS_SENT,
    ENGAGED_VISITS,
    ENGAGEMENTS,
    EVENT_ATTENDANCE,
    EVENT_REGISTRATIONS,
    FOLLOWERS,
    FORM_SUBMISSIONS,
    IMPRESSIONS,
    ITEMS_SOLD,
    KEYWORD_RANK,
    LEADS,
    LIKES,
    LINK_CLICKS,
    LOST_CUSTOMERS,
    MARKET_AMOUNT,
    MEASURABLE_IMPRESSIONS,
    MQL,
    NEW_CUSTOMERS,
    OPEN_PIPELINE,
    OPPORTUNITIES_CREATED,
    OPPORTUNITIES_LOST,
    OPPORTUNITIES_WON,
    OPT_INS_NEW,
    OPT_INS_TOTAL,
    ORDERS,
    ORGANIC_CLICKS,
    ORGANIC_VISITS,
    OTHER_COST,
    PAGE_VIEWS,
    POSTS,
    RANKED_KEYWORDS,
    REACH,
    REFERRAL_VISITS,
    REPEAT_CUSTOMERS,
    RETAINED_CUSTOMERS,
    REVENUE,
    SAVES,
    SEARCH_IMPRESSIONS,
    SEARCH_POSITION_SUM,
    SHARES,
    SINGLE_PAGE_VISITS,
    SPAM_COMPLAINTS,
    SPEND,
    SQL,
    STAFF_COST,
    SURVEY_ANSWERS,
    TIME_ON_SITE,
    TRACKED_KEYWORDS,
    UNSUBSCRIBES,
    VIDEO_VIEWS,
    VIEWABLE_IMPRESSIONS,
    VISITORS,
    VISITS,
];
