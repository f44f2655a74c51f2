-- title: Agency copy by source
-- group: copies
-- description: How much of each site came from which agency, as the pages say; agencies that go by several names under one.
-- param site: Name of a site
select agency_name(infosource) as agency, site, count(*) as stories, min(date_published_utc) as oldest, max(date_published_utc) as newest
from articles
where infosource is not null and (:site = '' or site = :site)
group by agency, site
order by stories desc
limit 500
