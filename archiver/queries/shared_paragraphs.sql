-- title: Stories that share paragraphs
-- group: copies
-- description: Wire copy, reprints, one story in two sections: pairs of stories with at least three long paragraphs in common,
-- description: word for word, published in the same span of days. The earlier one stands first.
-- param from: First day looked at, as 2026-03-01 (30 days before the newest story)
-- param to: Last day looked at (that of the newest story)
with days as (
    select coalesce(nullif(:from, ''), date(max(date_published_utc), '-30 days')) as first_day,
        coalesce(nullif(:to, ''), date(max(date_published_utc))) as last_day
    from articles
),
texts as (
    select a.id, a.search_id, t.article_body, '[' || replace(json_quote(t.article_body), '\n\n', '","') || ']' as as_list
    from articles a
    join days on date(a.date_published_utc) between first_day and last_day
    join article_texts t on t.article_id = a.id
),
told as ( -- a text with a backslash at the wrong place cannot be split this way; it counts as one paragraph
    select distinct texts.id, search_id, paragraph.value as paragraph
    from texts, json_each(case when json_valid(as_list) then as_list else json_array(article_body) end) paragraph
    where length(paragraph.value) >= 80
),
pairs as (
    select one.id as first_id, two.id as second_id, count(distinct one.paragraph) as shared
    from told one
    join told two on two.paragraph = one.paragraph and two.search_id > one.search_id
    group by 1, 2
    having shared >= 3
)
select shared as paragraphs_shared, a.headline, a.site, a.date_published, b.headline as other_headline, b.site as other_site,
    b.date_published as other_date_published, a.key, b.key as other_key
from pairs
join articles a on a.id = first_id
join articles b on b.id = second_id
order by shared desc, a.search_id desc
