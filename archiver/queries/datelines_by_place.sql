-- title: Datelines by place
-- group: people, places, topics
-- description: Where stories were filed from, as printed.
-- param site: Name of a site
select located as place, located_country as country, count(*) as stories, count(distinct site) as sites, max(date_published_utc) as newest,
    max(located_lat) as latitude, max(located_lon) as longitude
from articles
where located is not null and (:site = '' or site = :site)
group by place, country
order by stories desc
limit 500
