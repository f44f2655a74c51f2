-- title: Share of agency copy per site
-- group: copies
-- description: Stories that name an agency, and beside them those that print the same text as a story that names one and do not name it.
-- param site: Name of a site
-- param from: First day of publication, as 2026-03-01
-- param to: Last day of publication
select a.site, count(*) as stories, sum(a.infosource is not null) as names_an_agency,
    sum(a.infosource is null and c.agency is not null) as agency_copy_unnamed,
    sum(m.article_id is not null and not m.is_first) as copies_of_an_earlier_story,
    round(100.0 * sum(a.infosource is not null or c.agency is not null) / count(*), 1) as percent_agency_copy
from articles a
left join copies m on m.article_id = a.id
left join copy_clusters c on c.id = m.cluster_id
where (:site = '' or a.site = :site) and (:from = '' or a.date_published_utc >= :from) and (:to = '' or a.date_published_utc < :to || 'U')
group by a.site
order by percent_agency_copy desc, stories desc
