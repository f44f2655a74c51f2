-- title: Texts that several stories print
-- group: copies
-- description: Copies of one text, the same or edited: agency copy, reprints, one story in two sections. The text with most copies first.
-- description: The agency is the one that most of the copies name.
-- param site: Name of a site that must have one of the copies
-- param from: First day on which a copy was published, as 2026-03-01
-- param to: Last day on which the earliest copy was published
select c.stories as copies, c.sites, f.title as headline, f.site as first_site, c.first_published, c.last_published, c.agency,
    c.agency_evidence, f.key as first_key, c.id as cluster
from copy_clusters c
join articles f on f.id = c.first_id
where (:site = '' or exists (select 1 from copies m join articles a on a.id = m.article_id where m.cluster_id = c.id and a.site = :site))
    and (:from = '' or c.last_published >= :from) and (:to = '' or c.first_published < :to || 'U')
order by c.stories desc, c.last_published desc
limit 500
