-- title: Captions without a credit
-- group: pictures
-- description: Images with a caption that names neither photographer nor agency.
-- description: Pages that say noarchive are left out.
-- param site: Name of a site
select a.date_published_utc as published, a.site, i.caption, a.title as headline, i.content_url as image, a.url
from images i join articles a on a.id = i.article_id
where i.caption is not null and i.creditline is null and a.id not in (select article_id from withheld) and (:site = '' or a.site = :site)
order by a.search_id desc
limit 500
