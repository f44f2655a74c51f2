-- title: Photographs by agency
-- group: pictures
-- description: Agencies named in credit lines, how many of their images each site shows, and one caption.
-- param site: Name of a site
select agency_name(i.credit_agency) as agency, a.site, count(*) as images, count(distinct i.creator) as photographers,
    max(iif(a.id in (select article_id from withheld), null, i.caption)) as a_caption
from images i join articles a on a.id = i.article_id
where i.credit_agency is not null and (:site = '' or a.site = :site)
group by agency, a.site
order by images desc
limit 500
