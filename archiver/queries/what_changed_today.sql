-- title: What changed today
-- group: changes
-- description: New, changed and vanished stories of one day (UTC); without a day, the newest day of the archive.
-- param day: YYYY-MM-DD
with chosen(day) as (select coalesce(nullif(:day, ''), (select substr(max(memento_datetime), 1, 10) from revisions)))
select r.memento_datetime as at, case r.number when 1 then 'new' else r.change end as what, r.stealth, a.site, a.title as headline, a.url, a.key
from chosen cross join revisions r join articles a on a.id = r.article_id
where r.memento_datetime >= chosen.day and r.memento_datetime < chosen.day || 'U'
union all
select a.pubstatus_at, a.pubstatus, 0, a.site, a.title, a.url, a.key
from chosen cross join articles a
where a.pubstatus <> 'live' and a.pubstatus_at >= chosen.day and a.pubstatus_at < chosen.day || 'U'
order by 1 desc
limit 1000
