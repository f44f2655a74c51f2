-- title: The last runs
-- group: crawling
-- description: What each run fetched, and how it ended.
-- param site: Name of a site
select r.id, r.site, r.command, r.started_at, r.finished_at, r.finish_reason, r.trouble, count(o.url) as addresses,
    sum(o.outcome = 'new') as new, sum(o.outcome = 'changed') as changed, sum(o.outcome in ('unchanged', 'not_modified')) as unchanged
from (select * from runs where :site = '' or site = :site order by started_at desc limit 50) r left join outcomes o on o.run_id = r.id
group by r.id
order by r.started_at desc
