-- title: Failures by reason
-- group: crawling
-- description: Addresses that did not end in a story, by cause, with one example each; newest runs.
-- param site: Name of a site
select r.site, o.outcome, count(*) as addresses, max(o.reason) as a_reason, max(o.url) as an_address, max(r.started_at) as newest_run
from outcomes o join runs r on r.id = o.run_id
where o.outcome not in ('new', 'changed', 'unchanged', 'not_modified', 'kept', 'index', 'redirect', 'duplicate_address')
    and (:site = '' or r.site = :site)
group by r.site, o.outcome
order by addresses desc
