-- title: Stories per site
-- group: numbers
-- description: How much of each site is here, from when to when, and how much of it changed or vanished.
select s.name as site, s.publisher, count(a.id) as stories, min(a.date_published_utc) as oldest, max(a.date_published_utc) as newest,
    sum(a.revision_count > 1) as changed, sum(a.pubstatus <> 'live') as vanished, max(a.last_seen_at) as last_seen
from sites s left join articles a on a.site = s.name
where a.id is not null or exists (select 1 from runs where site = s.name and command <> 'probe')
    or not exists (select 1 from runs where site = s.name)
group by s.name
order by stories desc
