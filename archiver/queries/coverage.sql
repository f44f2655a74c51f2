-- title: Coverage: what there is, and what of it is kept
-- group: what is kept, and how well
-- description: Months that lists of older stories were looked through for (archiver backfill): how many stories there are by the list,
-- description: how many are kept, and what became of the others. days: days of the month that were looked through to the end.
-- param site: Name of a site
-- param from: First month (YYYY-MM)
-- param to: Last month (YYYY-MM)
with told as (
    select site, substr(from_on, 1, 7) as month, sum(case when source = 'wordpress' then expected end) as stated,
        sum(case when source = 'wordpress' then left_out end) as left_out, max(done_at) as looked_at
    from looked_through where :site = '' or site = :site
    group by 1, 2
), reached as (
    select site, month, max(days) as days from (
        select site, source, substr(from_on, 1, 7) as month, sum(julianday(to_on) - julianday(from_on) + 1) as days
        from looked_through where :site = '' or site = :site group by 1, 2, 3
    ) group by 1, 2
), found as (
    select site, month, count(*) as listed, sum(fate in ('kept', 'kept in part')) as kept, sum(fate = 'kept in part') as in_part,
        sum(fate = 'gone') as gone, sum(fate = 'robots.txt') as robots, sum(fate = 'wall') as walls,
        sum(fate in ('no text', 'no story')) as no_story, sum(fate in ('failed', 'to be tried again')) as failed,
        sum(fate in ('not fetched yet', 'waits to be read')) as waiting, group_concat(distinct source) as sources
    from listed_stories where :site = '' or site = :site
    group by 1, 2
), months as (
    select site, month from told union select site, month from found
)
select m.site, m.month, max(coalesce(t.stated - t.left_out, 0), coalesce(f.listed, 0)) as expected,
    case when t.stated is not null and t.stated - t.left_out >= coalesce(f.listed, 0) then 'X-WP-Total'
        else coalesce(f.sources, 'nothing listed') end as expected_by,
    coalesce(f.kept, 0) as kept, max(coalesce(t.stated - t.left_out, 0), coalesce(f.listed, 0)) - coalesce(f.kept, 0) as missing,
    coalesce(f.in_part, 0) as in_part, coalesce(f.gone, 0) as gone, coalesce(f.robots, 0) as robots, coalesce(f.walls, 0) as walls,
    coalesce(f.no_story, 0) as no_story, coalesce(f.failed, 0) as failed, coalesce(f.waiting, 0) as waiting,
    max(coalesce(t.stated - t.left_out, 0) - coalesce(f.listed, 0), 0) as not_listed, coalesce(t.left_out, 0) as left_out,
    cast(coalesce(r.days, 0) as integer) as days, t.looked_at
from months m
left join told t on t.site = m.site and t.month = m.month
left join found f on f.site = m.site and f.month = m.month
left join reached r on r.site = m.site and r.month = m.month
where (:from = '' or m.month >= substr(:from, 1, 7)) and (:to = '' or m.month <= substr(:to, 1, 7))
order by m.site, m.month desc
