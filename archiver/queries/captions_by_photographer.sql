-- title: Photographs by photographer
-- group: pictures
-- description: Photographers named in credit lines.
-- param name: Part of a name
select i.creator as photographer, i.credit_agency as agency, count(*) as images, min(a.date_published_utc) as oldest,
    max(a.date_published_utc) as newest
from images i join articles a on a.id = i.article_id
where i.creator is not null and (:name = '' or i.creator like '%' || :name || '%')
group by photographer, agency
order by images desc
limit 500
