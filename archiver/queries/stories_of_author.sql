-- title: Stories of an author
-- group: people, places, topics
-- description: The stories of which somebody of this name is an author, the newest first. To take them out: archiver ask stories_of_author
-- description: name=… --csv, and archiver export --keys.
-- param name: The name as printed, or part of it
-- param site: Name of a site
select a.date_published_utc as published, a.site, u.name as author, u.role, a.title as headline, a.article_section as section,
    a.located as place, a.word_count as words, a.url, a.key
from article_authors u join articles a on a.id = u.article_id
where :name <> '' and u.name like '%' || :name || '%' and (:site = '' or a.site = :site)
order by a.search_id desc
limit 500
