-- title: Pictures that are kept
-- group: pictures
-- description: Pictures of each site's stories, each once, and how each stands: kept, waiting, or why it could not be had.
-- param site: Name of a site
select site, state, count(*) as pictures, sum(bytes) as bytes, min(url) as example
from (
    select distinct a.site, p.url, iif(c.outcome = 'image', 'kept', coalesce(l.reason, 'waiting')) as state, c.warc_length as bytes
    from pictures p join articles a on a.id = p.article_id left join captures c on c.id = p.capture_id left join links l on l.url = p.url
    where :site = '' or a.site = :site
)
group by site, state
order by site, pictures desc
