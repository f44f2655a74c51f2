-- title: Opt-outs and licences
-- group: what is kept, and how well
-- description: What sites and pages say about the use of their content: robots.txt, noarchive, noai, text and data mining, licences.
-- param site: Name of a site
select r.site, r.signal, r.told_by, substr(r.value, 1, 200) as value, count(r.url) as stories, min(r.first_seen_at) as first_seen,
    max(r.last_seen_at) as last_seen
from rights_signals r
where (:site = '' or r.site = :site)
group by r.site, r.signal, r.told_by, r.value
order by r.site, count(r.url), r.signal
limit 500
