-- title: Changed headlines
-- group: changes
-- description: The headline before and after, whatever else changed.
-- param site: Name of a site
select r.memento_datetime as seen, a.site, before.headline as before, r.headline as after, r.change, r.note, a.url, a.key
from revisions r
join revisions before on before.article_id = r.article_id and before.number = r.number - 1
join articles a on a.id = r.article_id
where r.number > 1 and r.headline is not before.headline and (:site = '' or a.site = :site)
order by r.memento_datetime desc
limit 500
